/**
 * Which provider namespaces a subscription is registered for. All of them are from the beginning; one that was unregistered cannot be
 * written in until it is registered again. Only what differs from that has a row.
 */

import type { Store, Tx } from "../db/store.ts";
import { DomainError } from "../errors.ts";
import type { Services } from "../services.ts";

export type RegistrationState = "Registered" | "Registering" | "NotRegistered" | "Unregistered";

/** For how long a new registration shows as one that goes on, as clients expect to see it; it can be written in all the while. */
const registeringMs = 1000;

const keyOf = (subscription: string): string => subscription.toLowerCase();

/** The states of the namespaces that are not simply registered, by their lower-case names. */
export async function registrationStates(
  { store, clock }: Pick<Services, "store" | "clock">,
  subscription: string,
): Promise<ReadonlyMap<string, RegistrationState>> {
  const rows = await store.read
    .selectFrom("provider_registrations")
    .selectAll()
    .where("subscription_key", "=", keyOf(subscription))
    .execute();
  const now = clock.now().getTime();
  return new Map(
    rows.map((row) => {
      // A clock that was set back must not leave it so for longer.
      const isNew = Math.abs(now - Date.parse(row.changed_at)) < registeringMs;
      return [row.namespace, row.state === "Registered" && isNew ? "Registering" : row.state];
    }),
  );
}

export async function register(services: Services, subscription: string, namespace: string): Promise<void> {
  const change = { state: "Registered", changed_at: services.clock.now().toISOString() } as const;
  await services.store.write((tx) =>
    tx
      .updateTable("provider_registrations")
      .set(change)
      .where("subscription_key", "=", keyOf(subscription))
      .where("namespace", "=", namespace.toLowerCase())
      .where("state", "!=", "Registered")
      .execute(),
  );
}

/** @throws DomainError ResourceProviderInUse while there are resources of the namespace. */
export async function unregister(services: Services, subscription: string, namespace: string): Promise<void> {
  const key = { subscription_key: keyOf(subscription), namespace: namespace.toLowerCase() };
  const change = { state: "Unregistered", changed_at: services.clock.now().toISOString() } as const;
  await services.store.write(async (tx) => {
    const used = await tx
      .selectFrom("resources")
      .select("id")
      .where("subscription_key", "=", key.subscription_key)
      // Types begin with their namespace; '0' is what follows '/'.
      .where("type", ">", `${key.namespace}/`)
      .where("type", "<", `${key.namespace}0`)
      .limit(1)
      .executeTakeFirst();
    if (used !== undefined) {
      throw new DomainError(
        "ResourceProviderInUse",
        `The subscription still has resources of '${namespace}'. Delete them first, then unregister the namespace.`,
        { internal: `one of them is ${used.id}` },
      );
    }
    await tx
      .insertInto("provider_registrations")
      .values({ ...key, ...change })
      .onConflict((conflict) => conflict.columns(["subscription_key", "namespace"]).doUpdateSet(change))
      .execute();
  });
}

/** Runs in the transaction that makes a resource: where there is one, the namespace is registered. */
export async function requireRegistered(
  tx: Tx | Store["read"],
  subscriptionKey: string,
  namespace: string,
): Promise<void> {
  const row = await tx
    .selectFrom("provider_registrations")
    .select("state")
    .where("subscription_key", "=", subscriptionKey)
    .where("namespace", "=", namespace.toLowerCase())
    .executeTakeFirst();
  if (row === undefined || row.state === "Registered") return;
  throw new DomainError(
    "MissingSubscriptionRegistration",
    // Clients find the namespace in its quotes, register it and repeat the request.
    `The subscription is not registered to use namespace '${namespace}'. Register it: POST ${subscriptionKey}/providers/${namespace}/register.`,
  );
}
