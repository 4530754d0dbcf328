/** Which extensions use which version of a registered extension type. */
import { ExtensionTypeProperties } from "@arcfleet/contract";
import type { ExtensionUsesTable } from "../db/extension-type-tables.ts";
import { loadResource } from "../db/resources.ts";
import type { Tx } from "../db/store.ts";
import { DomainError } from "../errors.ts";
import { readJsonColumn } from "../json.ts";

/** Notes what an extension uses. The version was chosen before the transaction began: it must still be there. */
export async function recordUse(tx: Tx, use: ExtensionUsesTable): Promise<void> {
  const type = await loadResource(tx, use.type_key);
  const { versions } = ExtensionTypeProperties.parse(readJsonColumn(type?.properties ?? null));
  if (type === undefined || versions[use.version] === undefined) {
    throw new DomainError(
      "ExtensionVersionNotFound",
      `Version '${use.version}' of the extension type was removed a moment ago. Repeat the request: it takes what is there now.`,
      { target: "properties.version" },
    );
  }
  const { resource_key: _, ...changes } = use;
  await tx
    .insertInto("extension_uses")
    .values(use)
    .onConflict((conflict) => conflict.column("resource_key").doUpdateSet(changes))
    .execute();
}

export async function forgetUse(tx: Tx, key: string): Promise<void> {
  await tx.deleteFrom("extension_uses").where("resource_key", "=", key).execute();
}

/** An extension that uses a type, as far as decisions about the type need to know it. */
export interface Use {
  readonly id: string;
  readonly version: string;
  readonly release_train: string;
  readonly follows: number;
}

/** At most so many are looked at and named: one is enough to refuse. */
const limit = 200;

/** The extensions that use a type: in the given versions, and outside of what is going anyway. */
export async function usesOf(
  tx: Tx,
  typeKey: string,
  among: { readonly versions?: readonly string[]; readonly within?: string },
): Promise<Use[]> {
  let query = tx
    .selectFrom("extension_uses")
    .innerJoin("resources", "resources.key", "extension_uses.resource_key")
    .select(["resources.id", "extension_uses.version", "extension_uses.release_train", "extension_uses.follows"])
    .where("extension_uses.type_key", "=", typeKey);
  if (among.versions !== undefined) query = query.where("extension_uses.version", "in", [...among.versions]);
  if (among.within !== undefined) query = query.where("resources.group_key", "!=", among.within);
  return query.orderBy("extension_uses.resource_key").limit(limit).execute();
}
