import type { Generated } from "kysely";

/** People who sign in with a password. */
export interface UsersTable {
  /** The object id that roles are assigned to. */
  user_id: string;
  /** The sign-in name as written, and in lower case. */
  name: string;
  name_key: string;
  display_name: string;
  /** The scrypt hash. */
  password_hash: string;
  is_disabled: Generated<number>;
  /** Raised to end all sessions and tokens that carry an earlier one. */
  session_version: Generated<number>;
  /** Wrong passwords since the last right one. */
  failed_logins: Generated<number>;
  locked_until: string | null;
  created_at: string;
}

/** Browsers that are signed in. */
export interface BrowserSessionsTable {
  session_hash: string;
  user_id: string;
  session_version: number;
  signed_in_at: string;
  expires_at: string;
}

/** What a browser carried back to a client, to be exchanged once for tokens. */
export interface AuthorizationCodesTable {
  code_hash: string;
  /** The refresh tokens that come of it. */
  family_id: string;
  client_id: string;
  user_id: string;
  session_version: number;
  redirect_uri: string;
  code_challenge: string | null;
  audience: string;
  scope: string;
  nonce: string | null;
  signed_in_at: string;
  used_at: string | null;
  expires_at: string;
}

/** Devices that wait until somebody approves them in a browser. */
export interface DeviceCodesTable {
  device_hash: string;
  user_code: string;
  client_id: string;
  audience: string;
  scope: string;
  state: "pending" | "approved" | "declined";
  user_id: string | null;
  session_version: number | null;
  signed_in_at: string | null;
  interval_seconds: number;
  polled_at: string | null;
  created_at: string;
  expires_at: string;
}

/** Each is exchanged once, for the next of its family. */
export interface RefreshTokensTable {
  token_hash: string;
  family_id: string;
  client_id: string;
  user_id: string;
  session_version: number;
  signed_in_at: string;
  used_at: string | null;
  created_at: string;
  expires_at: string;
}
