/** The extension types that extensions can ask for: those of the control plane, from memory, and registered ones, from the database. */
import type { Kysely } from "kysely";
import type { Store } from "../db/store.ts";
import type { Tables } from "../db/tables.ts";
import { DomainError } from "../errors.ts";
import type { Catalogue } from "./catalogue.ts";
import type { ExtensionTypeEntry } from "./extension-type-entry.ts";
import { findOwnType, listOwnTypes } from "./own-types.ts";

/** How many registered types an error names. */
const namedInErrors = 20;

export interface ExtensionTypes {
  /** A type by its name, in any case. In the middle of a write it is looked up with its transaction. */
  find(name: string, db?: Kysely<Tables>): Promise<ExtensionTypeEntry | undefined>;
  /** The same. @throws DomainError ExtensionTypeNotFound; the message lists what exists. */
  require(name: string, db?: Kysely<Tables>): Promise<ExtensionTypeEntry>;
  /** The types whose names follow `after`, in the order of their names, at most `limit`. */
  list(
    page: { readonly after: string; readonly limit: number },
    db?: Kysely<Tables>,
  ): Promise<readonly ExtensionTypeEntry[]>;
}

export interface ExtensionTypesOptions {
  readonly catalogue: Pick<Catalogue, "extensionTypes" | "findExtensionType">;
  readonly store: Pick<Store, "read">;
  readonly subscriptionId: string;
  readonly publicUrl: string;
}

export function createExtensionTypes(options: ExtensionTypesOptions): ExtensionTypes {
  const { catalogue, store, publicUrl } = options;
  const subscriptionKey = `/subscriptions/${options.subscriptionId}`.toLowerCase();
  const registryHost = new URL(publicUrl).host;

  const list: ExtensionTypes["list"] = async ({ after, limit }, db = store.read) => {
    const own = await listOwnTypes(db, subscriptionKey, registryHost, { after, limit });
    const bundled = catalogue.extensionTypes.filter(({ name }) => name.toLowerCase() > after);
    return [...bundled, ...own].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)).slice(0, limit);
  };
  const find: ExtensionTypes["find"] = async (name, db = store.read) =>
    catalogue.findExtensionType(name) ?? findOwnType(db, subscriptionKey, name, registryHost);

  return {
    find,
    list,
    async require(name, db) {
      const found = await find(name, db);
      if (found !== undefined) return found;
      const known = (await list({ after: "", limit: namedInErrors }, db)).map((type) => type.name);
      const available = known.length === 0 ? "none" : known.join(", ");
      throw new DomainError(
        "ExtensionTypeNotFound",
        `There is no extension type '${name}'. Available: ${available}${known.length < namedInErrors ? "" : ", …"}.`,
        { target: "properties.extensionType" },
      );
    },
  };
}
