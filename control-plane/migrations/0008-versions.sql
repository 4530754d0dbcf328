-- What some types have beside their properties, as JSON; and which namespaces a subscription is registered for.

alter table resources add column envelope text;

create table provider_registrations (
  subscription_key text not null,
  namespace text not null,
  state text not null,
  changed_at text not null,
  primary key (subscription_key, namespace)
);
