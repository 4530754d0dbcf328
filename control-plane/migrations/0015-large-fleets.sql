-- What is looked for in a large fleet is found without looking at all of it.

-- By name, as people know their clusters; in whatever case.
create index resources_by_name on resources (subscription_key, type, lower(name), key);

-- Few operations run at a time, and many have ended.
create index operations_running on operations (started_at) where status = 'InProgress';

create index resource_groups_deleting on resource_groups (key) where state = 'Deleting';
