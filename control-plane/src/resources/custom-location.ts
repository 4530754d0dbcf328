import {
  CustomLocationProperties,
  connectedCluster,
  customLocation,
  extension,
  fullType,
  InvalidResourceIdError,
  parseResourceId,
  resourceKey,
  typeOf,
} from "@arcfleet/contract";
import { authorizerIn } from "../authorization/authorize.ts";
import { loadResource } from "../db/resources.ts";
import type { Tx } from "../db/store.ts";
import { DomainError, invalid } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { readJsonColumn } from "../json.ts";
import type { ResourceHooks } from "./resource-hooks.ts";

const hooks: ResourceHooks = {
  check(_services, values) {
    const { hostResourceId, clusterExtensionIds } = CustomLocationProperties.parse(values);
    if (!isIdOf(fullType(connectedCluster), hostResourceId)) {
      throw invalid(
        `'hostResourceId' is '${hostResourceId}', which is not the id of a connected cluster.`,
        "properties.hostResourceId",
      );
    }
    const prefix = `${hostResourceId}/providers/${fullType(extension)}/`.toLowerCase();
    const foreign = clusterExtensionIds.find((id) => !id.toLowerCase().startsWith(prefix));
    if (foreign === undefined) return null;
    throw invalid(
      `'clusterExtensionIds' holds '${foreign}', which is not the id of an extension of '${hostResourceId}'.`,
      "properties.clusterExtensionIds",
    );
  },

  async beforeSave(_services, tx, saved, caller) {
    const { hostResourceId, namespace, clusterExtensionIds } = CustomLocationProperties.parse(saved.properties);
    // Asked before looking, so that the answer does not tell who may not know whether the cluster exists.
    await authorizerIn(tx).authorize(caller, `${fullType(connectedCluster)}/read`, hostResourceId);
    const host = resourceKey(hostResourceId);
    await requireThere(tx, host, hostResourceId, "hostResourceId");
    for (const id of clusterExtensionIds) await requireThere(tx, resourceKey(id), id, "clusterExtensionIds");
    const holder = await tx
      .selectFrom("custom_locations")
      .select("resource_key")
      .where("host_key", "=", host)
      .where("namespace", "=", namespace)
      .executeTakeFirst();
    if (holder === undefined || holder.resource_key === saved.key) return;
    throw new DomainError(
      "NamespaceInUse",
      `The namespace '${namespace}' of '${hostResourceId}' has a custom location already: a namespace has one. Choose another namespace.`,
      { target: "properties.namespace" },
    );
  },

  async afterCreate(tx, saved) {
    const { hostResourceId, namespace } = CustomLocationProperties.parse(saved.properties);
    await tx
      .insertInto("custom_locations")
      .values({ resource_key: saved.key, host_key: resourceKey(hostResourceId), namespace })
      .execute();
  },

  async beforeRemove(tx, key) {
    await tx.deleteFrom("custom_locations").where("resource_key", "=", key).execute();
  },
};

export const customLocationHooks = { definition: customLocation, hooks };

function isIdOf(type: string, id: string): boolean {
  try {
    return typeOf(parseResourceId(id)).toLowerCase() === type.toLowerCase();
  } catch (error) {
    if (error instanceof InvalidResourceIdError) return false;
    throw error;
  }
}

async function requireThere(tx: Tx, key: string, id: string, property: string): Promise<void> {
  const row = await loadResource(tx, key);
  if (row !== undefined && row.state !== "Deleting") return;
  throw invalid(
    `'${property}' names '${id}', which ${row === undefined ? "does not exist" : "is being deleted"}.`,
    `properties.${property}`,
  );
}

/** A cluster stays while custom locations stand on it; when its deletion is forced they go along (delete.ts). */
export async function refuseWhileHosting(tx: Tx, clusterKey: string, id: string): Promise<void> {
  const locations = await locationsOn(tx, clusterKey);
  if (locations.length > 0) throw needed(id, locations);
}

/** The same for an extension that custom locations name. */
export async function refuseWhileOffering(tx: Tx, clusterKey: string, extensionId: string): Promise<void> {
  const names = ({ clusterExtensionIds }: JsonObject): boolean =>
    Array.isArray(clusterExtensionIds) &&
    clusterExtensionIds.some((id) => String(id).toLowerCase() === extensionId.toLowerCase());
  const locations = await locationsOn(tx, clusterKey);
  const using = locations.filter(({ properties }) => names(readJsonColumn(properties)));
  if (using.length > 0) throw needed(extensionId, using);
}

/** A group cannot go while custom locations of other groups stand on its clusters. */
export async function refuseWhileGroupHosts(tx: Tx, groupKey: string): Promise<void> {
  const outside = await tx
    .selectFrom("custom_locations")
    .innerJoin("resources as host", "host.key", "custom_locations.host_key")
    .innerJoin("resources as location", "location.key", "custom_locations.resource_key")
    .select(["location.id"])
    .where("host.group_key", "=", groupKey)
    .where("location.group_key", "!=", groupKey)
    .limit(10)
    .execute();
  if (outside.length > 0) throw needed(groupKey, outside);
}

/** The custom locations that stand on a cluster, in whatever group. */
export const locationsOn = (tx: Tx, clusterKey: string) =>
  tx
    .selectFrom("custom_locations")
    .innerJoin("resources", "resources.key", "custom_locations.resource_key")
    .select(["resources.key", "resources.id", "resources.type", "resources.principal_id", "resources.properties"])
    .where("host_key", "=", clusterKey)
    .execute();

const needed = (id: string, locations: readonly { readonly id: string }[]): DomainError =>
  new DomainError(
    "ResourceInUse",
    `'${id}' cannot be deleted while custom locations need it: ${locations.map((one) => `'${one.id}'`).join(", ")}. Delete those first.`,
    { details: locations.map((one) => ({ code: "ResourceInUse", message: "Needs it.", target: one.id })) },
  );
