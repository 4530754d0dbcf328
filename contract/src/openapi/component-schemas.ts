/** From the schemas of the contract to those of a document: their names, and what each field means, defaults to, and allows. */
import { z } from "zod";
import type { Operation } from "../operations/operation.ts";
import { type DocumentedSchema, documentedSchemas, schemaName } from "../operations/schemas.ts";
import type { ResourceDefinition } from "../resources/define-resource.ts";
import { definitions } from "../resources/registry.ts";
import { isObject, type JsonObject } from "./json.ts";

/** What is said about schemas and their fields, by `Schema` or `Schema.field.field`. */
export type FieldDocs = Readonly<Record<string, string>>;

export interface ComponentSchemas {
  readonly schemas: Readonly<Record<string, JsonObject>>;
  /** What stands for a schema where it is used. */
  refTo(schema: z.ZodType): JsonObject;
}

/** Every schema that the calls use, under a name of its own. */
export function componentSchemas(operations: readonly Operation[], fieldDocs: FieldDocs): ComponentSchemas {
  const used = new Map<z.ZodType, DocumentedSchema>(documentedSchemas);
  const add = (schema: z.ZodType, name: string): void => {
    if (!used.has(schema)) used.set(schema, { name, docs: [name] });
  };
  for (const { id, body, answers } of operations) {
    const base = id.replace("_", "");
    if (body) add(body.schema, `${base}Body`);
    for (const { schema } of Object.values(answers)) if (schema) add(schema, `${base}Answer`);
  }
  const registry = z.registry<{ id: string }>();
  for (const [schema, { name }] of used) registry.add(schema, { id: name });
  const { schemas } = z.toJSONSchema(registry, {
    // What a client writes. Answers have no field that is read in one form and written in another.
    io: "input",
    unrepresentable: "any",
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ zodSchema, jsonSchema }) => addDefault(zodSchema, jsonSchema),
  });

  const documented = [...used.values()].map(({ name, docs }) => {
    const { $schema: _, $id: __, ...schema } = schemas[name] ?? {};
    return [name, describe(schema, docs, fieldDocs)] as const;
  });
  const result = Object.fromEntries(documented.sort(([a], [b]) => (a < b ? -1 : 1)));
  for (const definition of definitions) markFields(result, definition);
  return {
    schemas: result,
    refTo(schema) {
      const name = used.get(schema)?.name;
      if (name === undefined) throw new TypeError("A schema of a call was not collected");
      return { $ref: `#/components/schemas/${name}` };
    },
  };
}

/** Defaults of the contract are transforms, which no JSON schema can say: what becomes of nothing is the default. */
function addDefault(schema: z.core.$ZodTypes, json: z.core.JSONSchema.BaseSchema): void {
  if (schema._zod.def.type !== "pipe") return;
  const { data } = z.safeParse(schema, undefined);
  if (data !== undefined) json.default = data;
}

/** Adds what the doc comments say about a schema and its fields; what the schema says about itself wins. */
function describe(schema: JsonObject, names: readonly string[], docs: FieldDocs): JsonObject {
  const [text] = names.flatMap((name) => docs[name] ?? []);
  const result: JsonObject = text === undefined ? { ...schema } : { description: text, ...schema };
  if (isObject(schema.properties)) {
    const fields = Object.entries(schema.properties).map(([key, field]) => {
      const below = names.map((name) => `${name}.${key}`);
      return [key, isObject(field) ? describe(field, below, docs) : field];
    });
    result.properties = Object.fromEntries(fields);
  }
  // Lists, maps and choices carry on with the fields of what they hold; what they are themselves was said above.
  const inside = (part: unknown): unknown => {
    if (!isObject(part)) return part;
    const { description: _, ...rest } = describe(part, names, docs);
    return part.description === undefined ? rest : { description: part.description, ...rest };
  };
  for (const key of ["items", "additionalProperties"]) if (key in schema) result[key] = inside(schema[key]);
  for (const key of ["anyOf", "oneOf", "allOf"]) if (Array.isArray(schema[key])) result[key] = schema[key].map(inside);
  return result;
}

/** Says which fields are fixed at creation, which are secret and which only the service writes. */
function markFields(schemas: Record<string, JsonObject>, definition: ResourceDefinition): void {
  const name = schemaName(definition);
  for (const path of definition.createOnly) {
    mark(schemas[`${name}Properties`], path, { "x-ms-mutability": ["create", "read"] });
  }
  for (const path of definition.secrets) {
    for (const half of ["Properties", "PatchProperties"]) {
      mark(schemas[`${name}${half}`], path, { "x-ms-secret": true });
    }
  }
  for (const path of Object.keys(definition.output.shape)) mark(schemas[`${name}Output`], path, { readOnly: true });
}

function mark(schema: unknown, path: string, marks: JsonObject): void {
  for (const field of fieldsAt(schema, path.split("."))) Object.assign(field, marks);
}

/** The schemas of the fields at a path, in which `*` is any member of a list or map. */
function fieldsAt(schema: unknown, [key, ...rest]: readonly string[]): JsonObject[] {
  if (!isObject(schema)) return [];
  if (key === undefined) return [schema];
  const parts = [schema.anyOf, schema.allOf, schema.oneOf].flatMap((list) => (Array.isArray(list) ? list : []));
  const inParts = parts.flatMap((part) => fieldsAt(part, [key, ...rest]));
  if (key === "*") return [...inParts, ...fieldsAt(schema.items, rest), ...fieldsAt(schema.additionalProperties, rest)];
  return [...inParts, ...(isObject(schema.properties) ? fieldsAt(schema.properties[key], rest) : [])];
}
