import { randomUUID } from "node:crypto";
import {
  chartPath,
  ExtensionTypeProperties,
  extension,
  extensionType,
  fullType,
  nameOf,
  parseResourceId,
} from "@arcfleet/contract";
import { authorizerIn } from "../authorization/authorize.ts";
import { loadResource } from "../db/resources.ts";
import type { Tx } from "../db/store.ts";
import { DomainError, invalid } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import { readJsonColumn } from "../json.ts";
import { type Use, usesOf } from "./extension-uses.ts";
import type { ResourceHooks, SavedResource, WorkServices } from "./resource-hooks.ts";

type Versions = ExtensionTypeProperties["versions"];

const hooks: ResourceHooks = {
  async beforeSave({ catalogue }, tx, saved, caller) {
    const { versions } = ExtensionTypeProperties.parse(saved.properties);
    await checkName(catalogue, tx, saved);
    await checkCharts(tx, saved, versions);
    await checkUses(tx, saved, versions, caller);
    await keepCharts(tx, saved.key, versions);
    await takeName(tx, saved);
  },

  afterCommit: ({ upgrades }, key) => upgrades.begin(key),

  async refuseRemoval(tx, key, { caller, within }) {
    const uses = await usesOf(tx, key, { within });
    if (uses.length === 0) return;
    throw new DomainError(
      "ExtensionTypeInUse",
      `The extension type '${key.slice(key.lastIndexOf("/") + 1)}' cannot be deleted while extensions use it: ${await listUses(tx, caller, uses)}. Delete those first.`,
    );
  },

  async beforeRemove(tx, key) {
    await tx.deleteFrom("extension_charts").where("type_key", "=", key).execute();
    await tx.deleteFrom("extension_types").where("resource_key", "=", key).execute();
  },
};

export const extensionTypeHooks = { definition: extensionType, hooks };

const reserved = /^(microsoft|arcfleet)(\.|$)/;

/** A name means one thing in a subscription, and never hides what comes with the control plane. */
async function checkName(catalogue: WorkServices["catalogue"], tx: Tx, saved: SavedResource): Promise<void> {
  const name = nameOfType(saved.id);
  if (reserved.test(name) || catalogue.findExtensionType(name) !== undefined) {
    throw new DomainError(
      "ExtensionTypeExists",
      `The name '${name}' is reserved for extension types that come with the control plane. Use a name of your own, such as 'contoso.${name.replace(/^.*\./, "")}'.`,
    );
  }
  const other = await tx
    .selectFrom("extension_types")
    .select("resource_key")
    .where("subscription_key", "=", subscriptionKeyOf(saved.key))
    .where("name", "=", name)
    .where("resource_key", "!=", saved.key)
    .executeTakeFirst();
  if (other === undefined) return;
  throw new DomainError(
    "ExtensionTypeExists",
    `Another resource group of the subscription has an extension type '${name}' already. Use it, or another name.`,
    { internal: `the other one is ${other.resource_key}` },
  );
}

/** Each version's chart was uploaded, and is of that version. */
async function checkCharts(tx: Tx, saved: SavedResource, versions: Versions): Promise<void> {
  const rows = await tx
    .selectFrom("extension_charts")
    .select(["digest", "chart_version"])
    .where("type_key", "=", saved.key)
    .execute();
  const charts = new Map(rows.map(({ digest, chart_version }) => [digest, chart_version]));
  for (const [version, { chartDigest }] of Object.entries(versions)) {
    const found = charts.get(chartDigest);
    const target = `properties.versions.${version}.chartDigest`;
    if (found === undefined) {
      throw invalid(
        `The chart ${chartDigest} of version ${version} was not uploaded. PUT it to ${chartPath(saved.id, chartDigest)} first.`,
        target,
      );
    }
    if (found !== version) {
      throw invalid(
        `The chart of version ${version} says in its Chart.yaml that it is version ${found}. Both must be the same: correct one of them.`,
        target,
      );
    }
  }
}

/**
 * What an extension uses stays as it is: the content of its version is fixed, and the version stays unless the extension follows a
 * train that offers another one, to which it is then brought.
 */
async function checkUses(tx: Tx, saved: SavedResource, versions: Versions, caller: Caller): Promise<void> {
  const existing = await loadResource(tx, saved.key);
  if (existing === undefined) return;
  const before = ExtensionTypeProperties.parse(readJsonColumn(existing.properties)).versions;
  const changed = Object.entries(before).filter(
    ([version, { chartDigest }]) => versions[version]?.chartDigest !== chartDigest,
  );
  if (changed.length === 0) return;
  const uses = await usesOf(tx, saved.key, { versions: changed.map(([version]) => version) });

  const frozen = uses.filter(({ version }) => versions[version] !== undefined);
  if (frozen[0] !== undefined) {
    throw new DomainError(
      "ExtensionTypeInUse",
      `The chart of version ${frozen[0].version} differs from what is registered, and extensions use that version: ${await listUses(tx, caller, frozen)}. What is installed does not change under its version: raise the version in Chart.yaml and register that beside it.`,
      { target: `properties.versions.${frozen[0].version}.chartDigest` },
    );
  }
  const stuck = uses.filter((use) => use.follows === 0 || !offers(versions, use.release_train));
  if (stuck[0] === undefined) return;
  throw new DomainError(
    "ExtensionTypeInUse",
    `Version ${stuck[0].version} cannot be removed while extensions need it: ${await listUses(tx, caller, stuck)}. They are pinned to it, or no version is left on their release train. Move or delete them first.`,
    { target: `properties.versions.${stuck[0].version}` },
  );
}

const offers = (versions: Versions, train: string): boolean =>
  Object.values(versions).some(({ releaseTrains }) =>
    releaseTrains.some((each) => each.toLowerCase() === train.toLowerCase()),
  );

/** Charts that a version names are kept; those that one named before, and none does now, go. */
async function keepCharts(tx: Tx, typeKey: string, versions: Versions): Promise<void> {
  const wanted = [...new Set(Object.values(versions).map(({ chartDigest }) => chartDigest))];
  const stale = tx.deleteFrom("extension_charts").where("type_key", "=", typeKey).where("is_registered", "=", 1);
  await (wanted.length === 0 ? stale : stale.where("digest", "not in", wanted)).execute();
  if (wanted.length === 0) return;
  await tx
    .updateTable("extension_charts")
    .set({ is_registered: 1 })
    .where("type_key", "=", typeKey)
    .where("digest", "in", wanted)
    .where("is_registered", "=", 0)
    .execute();
}

/** Takes the name, and marks the type as not yet followed. */
async function takeName(tx: Tx, saved: SavedResource): Promise<void> {
  const unfollowed = randomUUID();
  await tx
    .insertInto("extension_types")
    .values({
      subscription_key: subscriptionKeyOf(saved.key),
      name: nameOfType(saved.id),
      resource_key: saved.key,
      unfollowed,
    })
    .onConflict((conflict) => conflict.column("resource_key").doUpdateSet({ unfollowed }))
    .execute();
}

const nameOfType = (id: string): string => nameOf(parseResourceId(id)).toLowerCase();

const subscriptionKeyOf = (key: string): string => `/subscriptions/${parseResourceId(key).subscriptionId}`;

const named = 5;

/** Names some of the extensions; those that the caller may not read are only counted. */
async function listUses(tx: Tx, caller: Caller, uses: readonly Use[]): Promise<string> {
  const access = authorizerIn(tx);
  const readable: string[] = [];
  for (const { id } of uses) {
    if (readable.length === named) break;
    if (await access.isAllowed(caller, `${fullType(extension)}/read`, id)) readable.push(`'${id}'`);
  }
  const others = uses.length - readable.length;
  return [...readable, ...(others > 0 ? [`${others} more`] : [])].join(", ");
}
