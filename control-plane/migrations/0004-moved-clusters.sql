-- A region move makes a second record of the same cluster: the new one names the old one for as long as that is there.
alter table cluster_status add column moved_from text;
create index cluster_status_by_moved_from on cluster_status (moved_from) where moved_from is not null;

-- Meanwhile the two share the cluster's onboarding key. Who may not is decided where clusters are written.
drop index cluster_status_by_key;
create index cluster_status_by_key on cluster_status (key_hash);
