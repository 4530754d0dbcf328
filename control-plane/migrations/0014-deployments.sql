-- Deployments of templates. The plan (what is to be written, with its secrets) is sealed, and gone when the deployment has ended.

create table deployments (
  key text not null primary key,
  id text not null,
  name text not null,
  group_key text not null,
  state text not null,
  shown text not null,
  steps text not null,
  plan text,
  error text,
  correlation_id text not null,
  operation_id text not null,
  started_at text not null,
  ended_at text
);
create index deployments_by_group on deployments (group_key, key);
create index deployments_by_state on deployments (state);
