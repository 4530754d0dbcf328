-- Extension types that users register: who has which name, the charts, and which extensions use what.

create table extension_types (
  subscription_key text not null,
  name text not null,
  resource_key text not null unique,
  unfollowed text,
  primary key (subscription_key, name)
);

create table extension_charts (
  type_key text not null,
  digest text not null,
  archive bytea not null,
  archive_digest text not null,
  chart_json text not null,
  chart_version text not null,
  is_registered integer not null,
  uploaded_at text not null,
  primary key (type_key, digest)
);
create index extension_charts_by_age on extension_charts (is_registered, uploaded_at);

create table extension_uses (
  resource_key text primary key,
  cluster_key text not null,
  type_key text not null,
  version text not null,
  release_train text not null,
  follows integer not null
);
create index extension_uses_by_type on extension_uses (type_key, follows, resource_key);
create index extension_uses_by_cluster on extension_uses (cluster_key, type_key);
