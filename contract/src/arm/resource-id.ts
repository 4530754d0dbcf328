/**
 * Azure Resource Manager ids. They are compared without regard to case and shown in the case they were created with, so
 * every part of arcfleet carries the id as it was written and looks things up by {@link resourceKey}.
 */
export interface ResourceId {
  readonly subscriptionId: string;
  /** Absent for resources directly below a subscription. */
  readonly resourceGroup?: string;
  /** The type segments from the outermost provider resource inwards; empty for a subscription or a resource group. */
  readonly segments: readonly ResourceSegment[];
}

export interface ResourceSegment {
  /** The provider namespace: given at each `/providers/`, inherited by nested types. */
  readonly namespace: string;
  readonly type: string;
  readonly name: string;
}

/** A path that is not an id; `message` says which part is wrong. */
export class InvalidResourceIdError extends Error {
  override readonly name = "InvalidResourceIdError";
}

/** The form under which two spellings of one id are equal. */
export const resourceKey = (id: string): string => id.toLowerCase();

/** The path's segments; doubled and trailing slashes are legal in requests of real clients and carry no meaning. */
export const splitPath = (path: string): string[] => path.split("/").filter((segment) => segment !== "");

/**
 * Parses an id such as `/subscriptions/S/resourceGroups/G/providers/Microsoft.Kubernetes/connectedClusters/C`.
 * @throws InvalidResourceIdError naming the segment that does not fit.
 */
export function parseResourceId(text: string): ResourceId {
  const parts = splitPath(text);
  const take = (keyword: string): string | undefined => {
    if (parts[0]?.toLowerCase() !== keyword) return undefined;
    parts.shift();
    const value = parts.shift();
    if (value === undefined) throw new InvalidResourceIdError(`'${text}' ends after '${keyword}', a value must follow`);
    return value;
  };

  const subscriptionId = take("subscriptions");
  if (subscriptionId === undefined)
    throw new InvalidResourceIdError(`'${text}' does not begin with /subscriptions/{id}`);
  const resourceGroup = take("resourcegroups");

  const segments: ResourceSegment[] = [];
  let namespace: string | undefined;
  while (parts.length > 0) {
    namespace = take("providers") ?? namespace;
    const [type, name] = parts.splice(0, 2);
    if (namespace === undefined)
      throw new InvalidResourceIdError(`'${text}' has '${type}' where /providers/ was expected`);
    if (type === undefined || name === undefined) {
      throw new InvalidResourceIdError(`'${text}' must go on with a type and a name after '${namespace}'`);
    }
    segments.push({ namespace, type, name });
  }
  return { subscriptionId, ...(resourceGroup === undefined ? {} : { resourceGroup }), segments };
}

/** Writes an id back as a path, in the case of its parts. */
export function formatResourceId(id: ResourceId): string {
  let text = `/subscriptions/${id.subscriptionId}`;
  if (id.resourceGroup !== undefined) text += `/resourceGroups/${id.resourceGroup}`;
  let namespace: string | undefined;
  for (const segment of id.segments) {
    // A segment of its parent's namespace is nested; any other begins a provider of its own.
    if (segment.namespace.toLowerCase() !== namespace?.toLowerCase()) text += `/providers/${segment.namespace}`;
    text += `/${segment.type}/${segment.name}`;
    namespace = segment.namespace;
  }
  return text;
}

/** The id of the resource that this one is a child or an extension of; the resource group for a top-level one. */
export function parentOf(id: ResourceId): ResourceId | undefined {
  if (id.segments.length > 0) return { ...id, segments: id.segments.slice(0, -1) };
  if (id.resourceGroup !== undefined) return { subscriptionId: id.subscriptionId, segments: [] };
  return undefined;
}

/** The name of the thing that an id points at. */
export function nameOf(id: ResourceId): string {
  return id.segments.at(-1)?.name ?? id.resourceGroup ?? id.subscriptionId;
}

/** The full type as ARM writes it, such as `Microsoft.Kubernetes/connectedClusters`. */
export function typeOf(id: ResourceId): string {
  const last = id.segments.at(-1);
  if (last) return `${last.namespace}/${last.type}`;
  return id.resourceGroup === undefined ? "Microsoft.Resources/subscriptions" : "Microsoft.Resources/resourceGroups";
}
