import { randomUUID } from "node:crypto";
import type { Selectable } from "kysely";
import type { Clock } from "../clock.ts";
import type { ApplicationCredentialsTable } from "../db/identity-tables.ts";
import type { Tx } from "../db/store.ts";
import { thumbprintsOf } from "./client-assertion.ts";

export interface NewCredential {
  readonly appId: string;
  readonly kind: ApplicationCredentialsTable["kind"];
  /** secret: its hash. certificate: PEM. federated: JSON. */
  readonly value: string;
  readonly description?: string | undefined;
  readonly expiresAt?: string | undefined;
}

/** Saves one more way for an application to prove itself. */
export async function addCredential(
  tx: Tx,
  what: NewCredential,
  clock: Clock,
): Promise<Selectable<ApplicationCredentialsTable>> {
  const thumbprints = what.kind === "certificate" ? thumbprintsOf(what.value) : undefined;
  const row = {
    credential_id: randomUUID(),
    app_id: what.appId,
    kind: what.kind,
    value: what.value,
    thumbprint: thumbprints?.sha256 ?? null,
    thumbprint_sha1: thumbprints?.sha1 ?? null,
    created_at: clock.now().toISOString(),
    expires_at: what.expiresAt ?? null,
    description: what.description ?? null,
  };
  await tx.insertInto("application_credentials").values(row).execute();
  return row;
}
