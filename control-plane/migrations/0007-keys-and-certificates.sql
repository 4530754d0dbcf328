-- breaking: what is sealed from here on opens only with the keys of this table, and the authorities are no longer files.
-- Keys at rest, and what all replicas of one control plane share instead of files.

create table data_encryption_keys (
  id text primary key,
  wrapped text not null,
  wrapped_by text not null,
  active_from text not null,
  created_at text not null,
  retired_at text
);

create table authorities (
  id text primary key,
  purpose text not null,
  certificate text not null,
  private_key text not null,
  active_from text not null,
  created_at text not null
);
create index authorities_by_purpose on authorities (purpose, active_from);

create table server_certificates (
  names text primary key,
  certificate text not null,
  private_key text not null,
  expires_at text not null
);

create table store_state (
  name text primary key,
  value text not null
);
