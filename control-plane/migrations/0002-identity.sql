-- Who may call, how they prove it, and what they may do.
create table installation (
  name text not null primary key,
  value text not null
);

create table applications (
  app_id text not null primary key,
  principal_id text not null unique,
  kind text not null,
  name text not null,
  resource_key text unique,
  resource_id text,
  created_at text not null
);

create table application_credentials (
  credential_id text not null primary key,
  app_id text not null references applications (app_id) on delete cascade,
  kind text not null,
  value text not null,
  thumbprint text,
  thumbprint_sha1 text,
  created_at text not null,
  expires_at text
);
create index application_credentials_by_app on application_credentials (app_id, kind);

create table signing_keys (
  kid text not null primary key,
  public_jwk text not null,
  private_jwk text not null,
  active_from text not null,
  created_at text not null
);

create table used_proofs (
  jti text not null primary key,
  expires_at text not null
);
create index used_proofs_by_end on used_proofs (expires_at);

create table role_assignments (
  key text not null primary key,
  id text not null,
  name text not null,
  scope text not null,
  scope_key text not null,
  role text not null,
  principal_id text not null,
  principal_type text not null,
  created_at text not null,
  created_by text not null,
  unique (scope_key, role, principal_id)
);
create index role_assignments_by_principal on role_assignments (principal_id);
