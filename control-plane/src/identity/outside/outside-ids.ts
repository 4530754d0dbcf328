import { v5 } from "uuid";

/** Ours, made once. */
const namespace = "5d0f1f6e-6c1b-4b0a-9d53-4f6a6c5c2f0e";

/**
 * The object id of somebody whom an outside issuer knows, or of a group there. Worked out from issuer and name, never taken from the
 * token: an issuer that could choose ids could choose those of our own principals.
 */
export const outsideId = (kind: "principal" | "group", issuer: string, name: string): string =>
  v5(JSON.stringify([kind, issuer, name]), namespace);
