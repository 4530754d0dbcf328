-- Resources, their operations and what clusters last said. Portable between SQLite and PostgreSQL.

create table resource_groups (
  key text primary key,
  id text not null,
  name text not null,
  subscription_key text not null,
  location text not null,
  tags text not null,
  state text not null,
  created_at text not null
);
create index resource_groups_by_subscription on resource_groups (subscription_key, key);

create table resources (
  key text primary key,
  id text not null,
  name text not null,
  type text not null,
  subscription_key text not null,
  group_key text not null references resource_groups (key),
  parent_key text references resources (key),
  location text,
  tags text not null,
  properties text not null,
  output text not null,
  resolved text,
  secrets text,
  state text not null,
  etag text not null,
  generation integer not null,
  principal_id text,
  correlation_id text not null,
  created_at text not null,
  created_by text not null,
  created_by_type text not null,
  modified_at text not null,
  modified_by text not null,
  modified_by_type text not null
);
create index resources_by_subscription on resources (subscription_key, type, key);
create index resources_by_group on resources (group_key, type, key);
create index resources_by_parent on resources (parent_key, type, key);
create index resources_by_generation on resources (parent_key, generation);

create table resource_tags (
  resource_key text not null references resources (key),
  name text not null,
  value text not null,
  primary key (resource_key, name)
);
create index resource_tags_by_name on resource_tags (name, value, resource_key);

create table operations (
  id text primary key,
  resource_key text not null,
  resource_id text not null,
  kind text not null,
  status text not null,
  generation integer not null,
  error text,
  correlation_id text not null,
  started_at text not null,
  ended_at text
);
create index operations_by_resource on operations (resource_key, status);
create index operations_by_end on operations (ended_at);

create table cluster_status (
  cluster_key text primary key references resources (key),
  generation integer not null,
  key_hash text,
  last_connectivity text,
  certificate_expires text,
  metadata text
);
create unique index cluster_status_by_key on cluster_status (key_hash);
