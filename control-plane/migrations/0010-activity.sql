-- Who did what: one row for each write, deletion and action that was accepted, done or refused.

create table activity_log (
  subscription_key text not null,
  event_id text not null,
  resource_key text not null,
  resource_id text not null,
  operation_name text not null,
  status text not null,
  sub_status text not null,
  caller text not null,
  correlation_id text not null,
  detail text not null,
  primary key (subscription_key, event_id)
);
create index activity_by_resource on activity_log (resource_key, event_id);

-- What the event at the end of an operation repeats from the one at its beginning.
alter table operations add column activity text;
