/** Extension types that users registered: the SQL, and how a row becomes an entry of the catalogue. */
import { ExtensionTypeProperties } from "@arcfleet/contract";
import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { readJsonColumn } from "../json.ts";
import { type ExtensionTypeEntry, newestFirst } from "./extension-type-entry.ts";

/** Where charts of registered types are pulled, below the registry's host; those of the control plane itself are below `charts`. */
export const ownTypesPath = "extension-types";

interface TypeRow {
  readonly key: string;
  readonly name: string;
  readonly properties: string;
}

const selectTypes = (db: Kysely<Tables>, subscriptionKey: string) =>
  db
    .selectFrom("extension_types")
    .innerJoin("resources", "resources.key", "extension_types.resource_key")
    .innerJoin("resource_groups", "resource_groups.key", "resources.group_key")
    .select(["resources.key", "extension_types.name", "resources.properties"])
    .where("extension_types.subscription_key", "=", subscriptionKey)
    // What is going is not to be begun with.
    .where("resource_groups.state", "!=", "Deleting");

export async function findOwnType(
  db: Kysely<Tables>,
  subscriptionKey: string,
  name: string,
  registryHost: string,
): Promise<ExtensionTypeEntry | undefined> {
  const row = await selectTypes(db, subscriptionKey)
    .where("extension_types.name", "=", name.toLowerCase())
    .executeTakeFirst();
  return row && (await toEntry(db, row, registryHost));
}

/** The types whose names follow `after`, at most `limit`. */
export async function listOwnTypes(
  db: Kysely<Tables>,
  subscriptionKey: string,
  registryHost: string,
  page: { readonly after: string; readonly limit: number },
): Promise<ExtensionTypeEntry[]> {
  const rows = await selectTypes(db, subscriptionKey)
    .where("extension_types.name", ">", page.after)
    .orderBy("extension_types.name")
    .limit(page.limit)
    .execute();
  return Promise.all(rows.map((row) => toEntry(db, row, registryHost)));
}

async function toEntry(db: Kysely<Tables>, row: TypeRow, registryHost: string): Promise<ExtensionTypeEntry> {
  const charts = await db
    .selectFrom("extension_charts")
    .select(["digest", "archive_digest"])
    .where("type_key", "=", row.key)
    .execute();
  const archives = new Map(charts.map(({ digest, archive_digest }) => [digest, archive_digest]));
  const properties = ExtensionTypeProperties.parse(readJsonColumn(row.properties));
  const url = `oci://${registryHost}/${ownTypesPath}/${row.name}`;
  const versions = Object.entries(properties.versions).flatMap(([version, { releaseTrains, chartDigest }]) => {
    const digest = archives.get(chartDigest);
    // A version that was removed between the two reads has no chart any more.
    return digest === undefined ? [] : [{ version, releaseTrains, chart: { url, version, digest } }];
  });
  return {
    name: row.name,
    description: properties.description,
    publisher: properties.publisher ?? "",
    defaultReleaseNamespace: properties.defaultReleaseNamespace ?? row.name.replaceAll(".", "-"),
    scopes: properties.scopes,
    versions: newestFirst(versions),
    resourceKey: row.key,
  };
}
