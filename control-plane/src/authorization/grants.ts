import type { Kysely } from "kysely";
import type { Clock } from "../clock.ts";
import type { Store } from "../db/store.ts";
import type { Tables } from "../db/tables.ts";

/** How long another process may go on with assignments that were changed here. */
const CACHE_MS = 5000;
const CACHE_SIZE = 10_000;

/** A role held at a scope. */
export interface Grant {
  /** The id of the assignment. */
  readonly id: string;
  /** The GUID of the role definition. */
  readonly role: string;
  readonly scope: string;
  readonly scopeKey: string;
  readonly principalId: string;
  readonly principalType: string;
}

export interface Grants {
  /** All that any of these principals holds. */
  of(principalIds: readonly string[]): Promise<readonly Grant[]>;
  /** To be called after the commit of a change. */
  forget(principalId: string): void;
}

/** Well below what the databases take as parameters of one statement. */
const CHUNK = 500;

/** The grants of each principal, from memory for a few seconds. */
export function createGrants(store: Store, clock: Clock): Grants {
  const cache = new Map<string, { readonly at: number; readonly grants: readonly Grant[] }>();
  let changes = 0;

  return {
    async of(principalIds) {
      const now = clock.now().getTime();
      const isFresh = (id: string): boolean => now - (cache.get(id)?.at ?? Number.NEGATIVE_INFINITY) < CACHE_MS;
      const known = principalIds.filter(isFresh).flatMap((id) => cache.get(id)?.grants ?? []);
      const unknown = principalIds.filter((id) => !isFresh(id));
      const before = changes;
      const found = await loadGrants(store.read, unknown);
      const byPrincipal = Map.groupBy(found, ({ principalId }) => principalId);
      // What was read while something changed may be from before, and is not kept.
      if (changes !== before) return [...known, ...found];
      if (cache.size + unknown.length > CACHE_SIZE) cache.clear();
      for (const id of unknown) cache.set(id, { at: now, grants: byPrincipal.get(id) ?? [] });
      return [...known, ...found];
    },
    forget(principalId) {
      changes += 1;
      cache.delete(principalId);
    },
  };
}

/** What any of these principals holds, from the database. */
export async function loadGrants(db: Kysely<Tables>, principalIds: readonly string[]): Promise<Grant[]> {
  const found: Grant[] = [];
  for (let at = 0; at < principalIds.length; at += CHUNK) {
    const rows = await db
      .selectFrom("role_assignments")
      .select([
        "id",
        "role",
        "scope",
        "scope_key as scopeKey",
        "principal_id as principalId",
        "principal_type as principalType",
      ])
      .where("principal_id", "in", principalIds.slice(at, at + CHUNK))
      .orderBy("key")
      .execute();
    found.push(...rows);
  }
  return found;
}
