import { randomUUID } from "node:crypto";
import { builtInRoles } from "../authorization/built-in-roles.ts";
import { addAssignment } from "../authorization/role-assignments.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../db/store.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { addApplication } from "./applications.ts";
import { hashSecret, newClientSecret } from "./client-secret.ts";
import { addCredential } from "./credentials.ts";

/** What is decided once, at the first start, and then stays. */
export interface Installation {
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** The application that owns the subscription: what `connection.json` hands to the first user. */
  readonly ownerClientId: string;
  readonly ownerClientSecret: string;
}

export const OWNER_SECRET_CONTEXT = "installation:ownerClientSecret";

async function read(store: Store, secrets: Secrets): Promise<Installation | undefined> {
  const rows = await store.read.selectFrom("installation").selectAll().execute();
  if (rows.length === 0) return undefined;
  const facts = new Map(rows.map(({ name, value }) => [name, value]));
  const fact = (name: string): string => {
    const value = facts.get(name);
    if (value === undefined) throw new Error(`The database has no '${name}' of its installation; restore a backup`);
    return value;
  };
  return {
    tenantId: fact("tenantId"),
    subscriptionId: fact("subscriptionId"),
    ownerClientId: fact("ownerClientId"),
    ownerClientSecret: secrets.open(fact("ownerClientSecret"), OWNER_SECRET_CONTEXT),
  };
}

/** Opens the installation; the first start makes the tenant, the subscription and its Owner in one transaction. */
export async function openInstallation(store: Store, secrets: Secrets, clock: Clock): Promise<Installation> {
  const present = await read(store, secrets);
  if (present !== undefined) return present;

  const clientSecret = newClientSecret();
  const hash = await hashSecret(clientSecret);
  await store.write(async (tx) => {
    // Another process may have been faster; its installation is as good as ours.
    if (await tx.selectFrom("installation").select("name").limit(1).executeTakeFirst()) return;
    const subscriptionId = randomUUID();
    const owner = await addApplication(tx, { kind: "Application", name: "arcfleet owner" }, clock);
    await addCredential(tx, { appId: owner.appId, kind: "secret", value: hash, description: "connection.json" }, clock);
    await addAssignment(
      tx,
      {
        scope: `/subscriptions/${subscriptionId}`,
        role: builtInRoles.owner.id,
        principalId: owner.principalId,
        principalType: "ServicePrincipal",
        createdBy: owner.principalId,
      },
      clock,
    );
    await tx
      .insertInto("installation")
      .values([
        { name: "tenantId", value: randomUUID() },
        { name: "subscriptionId", value: subscriptionId },
        { name: "ownerClientId", value: owner.appId },
        { name: "ownerClientSecret", value: secrets.seal(clientSecret, OWNER_SECRET_CONTEXT) },
      ])
      .execute();
  });
  const made = await read(store, secrets);
  if (made === undefined) throw new Error("The installation was saved and is not there: the database loses writes");
  return made;
}
