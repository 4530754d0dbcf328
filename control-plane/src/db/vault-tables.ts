/** Keys that wrap the data keys of sealed values; each is itself wrapped by a master key or a KMS. */
export interface DataEncryptionKeysTable {
  id: string;
  wrapped: string;
  /** What opens `wrapped`: `file:{id}`, `exec:{id}` or `azure:{url}`. */
  wrapped_by: string;
  /** From when the key seals. It is here some time before, so that every replica knows it when the first one uses it. */
  active_from: string;
  created_at: string;
  /** Since when nothing was found that it seals. */
  retired_at: string | null;
}

/** The private certificate authorities; the newest active one of a purpose signs, all that have not ended are trusted. */
export interface AuthoritiesTable {
  id: string;
  purpose: "server" | "identity";
  /** PEM. */
  certificate: string;
  /** Sealed PEM. */
  private_key: string;
  active_from: string;
  created_at: string;
}

/** Certificates of the server's own making; replicas that answer to the same names share one. */
export interface ServerCertificatesTable {
  /** The host names, sorted, with commas between. */
  names: string;
  certificate: string;
  /** Sealed PEM. */
  private_key: string;
  expires_at: string;
}

/** Facts about the database as such, for instance that its content has moved to another. */
export interface StoreStateTable {
  name: string;
  /** JSON. */
  value: string;
}
