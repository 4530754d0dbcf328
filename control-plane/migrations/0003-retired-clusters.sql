-- Where the generations of a deleted cluster ended, so that one made anew under its name goes on from there.

create table retired_clusters (
  cluster_key text primary key,
  generation integer not null
);
