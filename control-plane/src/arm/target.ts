import { fullType, nameOf, type ResourceDefinition, type ResourceId, resourceKey } from "@arcfleet/contract";

/** The resource that a request is about, whether or not it exists. */
export interface ResourceTarget {
  readonly definition: ResourceDefinition;
  /** The id with canonical keywords and types; names as the caller wrote them. */
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly subscriptionKey: string;
  readonly groupKey: string;
  readonly groupName: string;
  /** The lower-case id of what the resource belongs to; absent for what lives directly in a group. */
  readonly parentKey?: string;
}

/** The definitions from the outermost parent to this one. */
export const lineage = (definition: ResourceDefinition): ResourceDefinition[] =>
  definition.parent ? [...lineage(definition.parent), definition] : [definition];

export const groupId = (subscriptionId: string, name: string): string =>
  `/subscriptions/${subscriptionId}/resourceGroups/${name}`;

/** Writes the id of a resource below its holder: a group, or the resource that it extends. */
export const childId = (holderId: string, definition: ResourceDefinition, name: string): string =>
  `${holderId}/providers/${fullType(definition)}/${name}`;

/** The target of an id that is known to be of `definition`. */
export function targetOf(definition: ResourceDefinition, id: ResourceId): ResourceTarget {
  const groupName = id.resourceGroup ?? "";
  const holder = groupId(id.subscriptionId, groupName);
  const names = id.segments.map((segment) => segment.name);
  const parents = lineage(definition).slice(0, -1);
  const parentId = parents.reduce((above, parent, index) => childId(above, parent, names[index] ?? ""), holder);
  const name = nameOf(id);
  const text = childId(parentId, definition, name);
  return {
    definition,
    id: text,
    key: resourceKey(text),
    name,
    subscriptionKey: resourceKey(`/subscriptions/${id.subscriptionId}`),
    groupKey: resourceKey(holder),
    groupName,
    ...(parents.length > 0 ? { parentKey: resourceKey(parentId) } : {}),
  };
}
