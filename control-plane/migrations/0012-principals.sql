-- Applications as something that operators manage: found by name, credentials that can be told apart, sign-in of people through them.
alter table applications add column name_key text;
alter table applications add column redirect_uris text not null default '[]';
alter table applications add column is_public_client integer not null default 0;
update applications set name_key = lower(name) where kind = 'Application';
create unique index applications_by_name on applications (name_key);

alter table application_credentials add column description text;
