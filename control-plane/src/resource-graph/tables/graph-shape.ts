/** How the original's inventory shows a resource where that differs from the resource itself. */
import { extension, fullType, type ResourceDefinition } from "@arcfleet/contract";
import { isJsonObject, type JsonObject } from "../../json.ts";

/** Extensions are recorded with another spelling: the id's segment and the names of properties begin with capitals. */
const capitalised: ReadonlySet<ResourceDefinition> = new Set<ResourceDefinition>([extension]);

export function graphShape(definition: ResourceDefinition, shown: JsonObject): JsonObject {
  const properties = withoutSecrets(isJsonObject(shown.properties) ? shown.properties : {}, definition.secrets);
  if (!capitalised.has(definition)) return { ...shown, properties };
  const { namespace, type } = definition;
  return {
    ...shown,
    id: String(shown.id).replace(`/${fullType(definition)}/`, `/${namespace}/${capital(type)}/`),
    properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [capital(name), value])),
  };
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Answers blank what is secret; an inventory does not show the members either. */
const withoutSecrets = (properties: JsonObject, paths: readonly string[]): JsonObject =>
  paths.reduce((rest, path) => without(rest, path.split(".")), properties);

function without(object: JsonObject, [name = "", ...below]: readonly string[]): JsonObject {
  // Most resources hold nothing of the kind.
  if (name !== "*" && !Object.hasOwn(object, name)) return object;
  const entries = Object.entries(object).flatMap(([key, value]): [string, unknown][] => {
    if (name !== "*" && key !== name) return [[key, value]];
    if (below.length === 0) return [];
    return [[key, withoutAt(value, below)]];
  });
  return Object.fromEntries(entries);
}

function withoutAt(value: unknown, path: readonly string[]): unknown {
  if (Array.isArray(value)) {
    const rest = path[0] === "*" ? path.slice(1) : path;
    return value.map((each) => withoutAt(each, rest));
  }
  return isJsonObject(value) ? without(value, path) : value;
}
