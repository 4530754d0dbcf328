-- Roles that users define, and what assignments say about themselves. Portable between SQLite and PostgreSQL.

create table role_definitions (
  id text not null primary key,
  role_name text not null,
  name_key text not null unique,
  description text not null,
  permissions text not null,
  assignable_scopes text not null,
  created_at text not null,
  created_by text not null,
  updated_at text not null,
  updated_by text not null
);
alter table role_assignments add column description text;
alter table role_assignments add column updated_at text;
alter table role_assignments add column updated_by text;
create index role_assignments_by_role on role_assignments (role, scope_key);
