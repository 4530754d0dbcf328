-- Which replica does which piece of background work. `beat` rises while its holder is alive.

create table leases (
  name text not null primary key,
  holder text not null,
  beat integer not null
);
