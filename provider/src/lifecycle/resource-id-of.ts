import { formatResourceId, parseResourceId } from "@arcfleet/contract";
import type { Properties } from "../inputs/plain.ts";
import type { PreparedKind } from "../kinds/resource-kind.ts";

/** The ARM id that follows from the inputs: chosen by us, so that a repeated create finds what an interrupted one left. */
export function resourceIdOf(kind: PreparedKind, inputs: Properties, subscriptionId: string): string {
  const { namespace, type } = kind.definition;
  const segment = { namespace, type, name: String(inputs.name) };
  if (kind.definition.parent === undefined) {
    return formatResourceId({ subscriptionId, resourceGroup: String(inputs.resourceGroup), segments: [segment] });
  }
  const parent = parseResourceId(String(inputs.cluster));
  return formatResourceId({ ...parent, segments: [...parent.segments, segment] });
}

/** The inputs that an id tells by itself: what is known of a resource that is only looked up. */
export function envelopeOf(kind: PreparedKind, id: string): Properties {
  const parsed = parseResourceId(id);
  const own = parsed.segments.at(-1);
  if (own === undefined) throw new Error(`${id} is not the id of a ${kind.definition.singular}`);
  if (kind.definition.parent === undefined) return { resourceGroup: parsed.resourceGroup, name: own.name };
  return { cluster: formatResourceId({ ...parsed, segments: parsed.segments.slice(0, -1) }), name: own.name };
}
