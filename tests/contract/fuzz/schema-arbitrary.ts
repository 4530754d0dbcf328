/** From a JSON schema to values that it takes. Knows what the document of the control plane uses, and no more. */
import { isObject, type JsonObject } from "@arcfleet/contract/openapi";
import fc from "fast-check";

export type Schemas = Readonly<Record<string, JsonObject>>;

const maxDepth = 6;

/** Values of string fields that mean something, by the name of the field: random text would be refused at once. */
const meaningful: Readonly<Record<string, readonly string[]>> = {
  location: ["westeurope", "West Europe", "local"],
  extensionType: ["microsoft.flux", "Microsoft.Flux", "contoso.nothing"],
  releaseTrain: ["Stable", "Preview"],
  agentPublicKeyCertificate: ["", "AAAA", "not base64"],
  repositoryUrl: ["https://example.com/fleet.git", "git@example.com:fleet.git"],
  url: ["https://example.com/fleet.git", "oci://example.com/fleet", "ssh://git@example.com/fleet"],
  operatorParams: ["", "--git-branch=main", "--git-path=a,b --git-poll-interval=1m"],
  roleDefinitionId: ["acdd72a7-3385-48ef-bd42-f606fba81ae7", "00000000-0000-0000-0000-000000000000"],
  grant_type: ["client_credentials", "refresh_token", "authorization_code", "password"],
  operation: ["Merge", "Replace", "Delete"],
};

export function arbitraryOf(schema: JsonObject, schemas: Schemas, name = "", depth = 0): fc.Arbitrary<unknown> {
  const below = (part: unknown, key = name): fc.Arbitrary<unknown> =>
    isObject(part) ? arbitraryOf(part, schemas, key, depth + 1) : fc.constant(null);
  if (typeof schema.$ref === "string") {
    return arbitraryOf(schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {}, schemas, name, depth + 1);
  }
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  if ("const" in schema) return fc.constant(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) {
    // Null is the rare choice, and beyond the depth the only one.
    const nulls = choices.filter((one) => isObject(one) && one.type === "null");
    if (nulls.length > 0 && depth > maxDepth) return fc.constant(null);
    const others = choices.filter((one) => !nulls.includes(one)).map((one) => ({ arbitrary: below(one), weight: 4 }));
    return fc.oneof(...others, ...(nulls.length > 0 ? [{ arbitrary: fc.constant(null), weight: 1 }] : []));
  }
  const types = [schema.type ?? []].flat();
  const arbitraries = types.map((type) => ofType(String(type), schema, below, { name, depth }));
  return arbitraries.length === 0 ? fc.jsonValue({ maxDepth: 1 }) : fc.oneof(...arbitraries);
}

type Below = (part: unknown, key?: string) => fc.Arbitrary<unknown>;

function ofType(
  type: string,
  schema: JsonObject,
  below: Below,
  { name, depth }: { readonly name: string; readonly depth: number },
): fc.Arbitrary<unknown> {
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number": {
      const min = typeof schema.minimum === "number" ? schema.minimum : -1000;
      return fc.integer({ min, max: typeof schema.maximum === "number" ? schema.maximum : min + 100_000 });
    }
    case "array":
      if (depth > maxDepth && !schema.minItems) return fc.constant([]);
      return fc.array(below(schema.items), {
        minLength: Number(schema.minItems ?? 0),
        maxLength: Math.min(Number(schema.maxItems ?? 3), 3),
      });
    case "object":
      return ofObject(schema, below, depth);
    default:
      return ofString(schema, name);
  }
}

function ofObject(schema: JsonObject, below: Below, depth: number): fc.Arbitrary<unknown> {
  if (isObject(schema.properties)) {
    const requiredKeys = [schema.required ?? []].flat().map(String);
    const fields = Object.entries(schema.properties).filter(([key]) => depth <= maxDepth || requiredKeys.includes(key));
    return fc.record(Object.fromEntries(fields.map(([key, field]) => [key, below(field, key)])), { requiredKeys });
  }
  if (depth > maxDepth) return fc.constant({});
  const keys = isObject(schema.propertyNames) ? below(schema.propertyNames, "") : fc.string({ maxLength: 12 });
  return fc.dictionary(keys.map(String), below(schema.additionalProperties ?? {}), {
    maxKeys: depth > maxDepth ? 0 : 3,
  });
}

function ofString(schema: JsonObject, name: string): fc.Arbitrary<string> {
  const random = typeof schema.pattern === "string" ? matching(schema.pattern) : text(schema);
  const known = meaningful[name];
  return known === undefined ? random : fc.oneof({ arbitrary: fc.constantFrom(...known), weight: 5 }, random);
}

const text = kept(
  ({ minLength = 0, maxLength = 24 }: JsonObject) => `${minLength} ${maxLength}`,
  (schema) => {
    const [minLength, maxLength] = [Number(schema.minLength ?? 0), Math.min(Number(schema.maxLength ?? 24), 24)];
    return fc.oneof(
      { arbitrary: fc.string({ minLength, maxLength }), weight: 3 },
      { arbitrary: fc.string({ unit: "grapheme", minLength, maxLength }), weight: 1 },
    );
  },
);

const matching = kept(
  (pattern: string) => pattern,
  // Look-ahead is beyond the generator: such rules are about names, for which plain words do.
  (pattern) => fc.stringMatching(pattern.includes("(?=") ? /^[a-z0-9]{1,20}$/ : new RegExp(pattern), { size: "-1" }),
);

/** To make a generator of texts costs more than to use it a thousand times. */
function kept<T>(keyOf: (input: T) => string, make: (input: T) => fc.Arbitrary<string>) {
  const made = new Map<string, fc.Arbitrary<string>>();
  return (input: T): fc.Arbitrary<string> => {
    const arbitrary = made.get(keyOf(input)) ?? make(input);
    made.set(keyOf(input), arbitrary);
    return arbitrary;
  };
}
