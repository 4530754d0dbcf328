-- People, and how they sign in.
create table users (
  user_id text not null primary key,
  name text not null,
  name_key text not null unique,
  display_name text not null,
  password_hash text not null,
  is_disabled integer not null default 0,
  -- Raised to end everything that was issued before.
  session_version integer not null default 1,
  failed_logins integer not null default 0,
  locked_until text,
  created_at text not null
);

create table browser_sessions (
  session_hash text not null primary key,
  user_id text not null references users (user_id) on delete cascade,
  session_version integer not null,
  signed_in_at text not null,
  expires_at text not null
);
create index browser_sessions_by_end on browser_sessions (expires_at);

create table authorization_codes (
  code_hash text not null primary key,
  family_id text not null,
  client_id text not null,
  user_id text not null references users (user_id) on delete cascade,
  session_version integer not null,
  redirect_uri text not null,
  code_challenge text,
  audience text not null,
  scope text not null,
  nonce text,
  signed_in_at text not null,
  used_at text,
  expires_at text not null
);
create index authorization_codes_by_end on authorization_codes (expires_at);

create table device_codes (
  device_hash text not null primary key,
  user_code text not null unique,
  client_id text not null,
  audience text not null,
  scope text not null,
  -- pending, approved or declined
  state text not null,
  user_id text references users (user_id) on delete cascade,
  session_version integer,
  signed_in_at text,
  interval_seconds integer not null,
  polled_at text,
  created_at text not null,
  expires_at text not null
);
create index device_codes_by_end on device_codes (expires_at);

create table refresh_tokens (
  token_hash text not null primary key,
  -- All that descend from one sign-in: they end together.
  family_id text not null,
  client_id text not null,
  user_id text not null references users (user_id) on delete cascade,
  session_version integer not null,
  signed_in_at text not null,
  used_at text,
  created_at text not null,
  expires_at text not null
);
create index refresh_tokens_by_family on refresh_tokens (family_id);
create index refresh_tokens_by_user on refresh_tokens (user_id);
create index refresh_tokens_by_end on refresh_tokens (expires_at);
