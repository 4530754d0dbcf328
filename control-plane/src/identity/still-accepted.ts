import type { Store } from "../db/store.ts";
import type { Caller } from "./caller.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** How many are looked up in one statement: other reads find their turn in between. */
const AT_ONCE = 500;

/**
 * Which of these callers a request would still be taken from: their application is there, and so is the key that signed their token.
 * For what outlives a request; many are looked at together, because a read for each would be most of what they cost.
 */
export async function stillAccepted(
  { store, keys }: { readonly store: Pick<Store, "read">; readonly keys: Pick<SigningKeys, "find"> },
  callers: readonly Caller[],
): Promise<ReadonlySet<Caller>> {
  const accepted = new Set<Caller>();
  for (let start = 0; start < callers.length; start += AT_ONCE) {
    const some = callers.slice(start, start + AT_ONCE);
    const rows = await store.read
      .selectFrom("applications")
      .select(["app_id", "principal_id"])
      .where(
        "app_id",
        "in",
        some.map(({ appId }) => appId),
      )
      .execute();
    const principals = new Map(rows.map(({ app_id, principal_id }) => [app_id, principal_id]));
    for (const caller of some) {
      if (principals.get(caller.appId) !== caller.principalId) continue;
      if (caller.token !== undefined && (await keys.find(caller.token.keyId)) === undefined) continue;
      accepted.add(caller);
    }
  }
  return accepted;
}
