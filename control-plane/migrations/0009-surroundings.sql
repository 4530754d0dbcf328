-- What clients expect around the resources: who manages a group, tags of the subscription, custom locations.

alter table resource_groups add column managed_by text;

create table subscription_tags (
  subscription_key text not null primary key,
  tags text not null
);

create table custom_locations (
  resource_key text not null primary key,
  host_key text not null,
  namespace text not null,
  unique (host_key, namespace)
);
