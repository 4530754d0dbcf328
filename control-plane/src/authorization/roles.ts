import type { Kysely, Selectable } from "kysely";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { RoleDefinitionsTable } from "../db/identity-tables.ts";
import type { Store } from "../db/store.ts";
import type { Tables } from "../db/tables.ts";
import { builtInRoles, findBuiltInRole } from "./built-in-roles.ts";
import type { RoleDefinition } from "./role-definition.ts";

/** How long another process may go on with a role that was changed here. */
const CACHE_MS = 5000;
const CACHE_SIZE = 2000;

/** The roles there are: built-in ones, and those that users defined. */
export interface Roles {
  /** By its GUID; custom ones from memory for a few seconds. */
  find(id: string): Promise<RoleDefinition | undefined>;
  list(): Promise<readonly RoleDefinition[]>;
  /** To be called after the commit of a change. */
  forget(id: string): void;
}

export function createRoles(store: Store, clock: Clock): Roles {
  const cache = new Map<string, { readonly at: number; readonly role: RoleDefinition | undefined }>();
  let changes = 0;
  return {
    async find(id) {
      const key = id.toLowerCase();
      const builtIn = findBuiltInRole(key);
      if (builtIn !== undefined) return builtIn;
      const now = clock.now().getTime();
      const cached = cache.get(key);
      if (cached !== undefined && now - cached.at < CACHE_MS) return cached.role;
      const before = changes;
      const role = await loadRole(store.read, key);
      // What was read while something changed may be from before, and is not kept.
      if (changes !== before) return role;
      if (cache.size >= CACHE_SIZE) cache.clear();
      cache.set(key, { at: now, role });
      return role;
    },
    async list() {
      const rows = await store.read.selectFrom("role_definitions").selectAll().orderBy("id").execute();
      return [...Object.values(builtInRoles), ...rows.map(toRole)];
    },
    forget(id) {
      changes += 1;
      cache.delete(id.toLowerCase());
    },
  };
}

/** A role that users defined, from the database. */
export async function loadRole(db: Kysely<Tables>, key: string): Promise<RoleDefinition | undefined> {
  const row = await db.selectFrom("role_definitions").selectAll().where("id", "=", key).executeTakeFirst();
  return row && toRole(row);
}

const Strings = z.array(z.string());
const StoredPermissions = z.object({
  actions: Strings,
  notActions: Strings,
  dataActions: Strings,
  notDataActions: Strings,
});

export const toRole = (row: Selectable<RoleDefinitionsTable>): RoleDefinition => ({
  id: row.id,
  roleName: row.role_name,
  description: row.description,
  ...StoredPermissions.parse(JSON.parse(row.permissions)),
  custom: {
    assignableScopes: Strings.parse(JSON.parse(row.assignable_scopes)),
    createdOn: row.created_at,
    createdBy: row.created_by,
    updatedOn: row.updated_at,
    updatedBy: row.updated_by,
  },
});
