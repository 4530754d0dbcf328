/** The shapes around the properties of types: what a resource, a list and the objects of ARM itself look like on the wire. */
import { z } from "zod";
import { type EnvelopeField, envelopeFields } from "../arm/envelope.ts";
import { ArmErrorBody } from "../arm/error.ts";
import { OperationStatus, provisioningStates } from "../arm/operation.ts";
import { Identity, SystemData } from "../arm/resource.ts";
import { Tags } from "../arm/tags.ts";
import type { ResourceDefinition, TypeDefinition } from "../resources/define-resource.ts";

/** How documents show a schema. */
export interface DocumentedSchema {
  readonly name: string;
  /** The schemas whose doc comments speak of its fields, the nearest first. */
  readonly docs: readonly string[];
}

const documented = new Map<z.ZodType, DocumentedSchema>();
export const documentedSchemas: ReadonlyMap<z.ZodType, DocumentedSchema> = documented;

/** Gives a schema a name of its own in documents. `docs` names others that its fields come from. */
export function named<T extends z.ZodType>(name: string, schema: T, ...docs: readonly string[]): T {
  documented.set(schema, { name, docs: [name, ...docs] });
  return schema;
}

named("ErrorResponse", ArmErrorBody, "ArmErrorBody");
named("ErrorDetail", ArmErrorBody.shape.error, "ArmError");
named("SystemData", SystemData);
named("Identity", Identity);
named("Tags", Tags);
named("OperationStatus", OperationStatus);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `ConnectedCluster`: how documents call one resource of a type. */
export const schemaName = ({ singular }: TypeDefinition): string => singular.split(" ").map(capital).join("");

/** `connectedCluster`: the name of the definition in the sources, under which the type as a whole is explained. */
const definitionName = (definition: TypeDefinition): string => {
  const name = schemaName(definition);
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
};

/** What a type has beside its properties, each of them as optional. */
const envelopeOf = (
  { envelope = [], kinds }: ResourceDefinition,
  optional: (schema: z.ZodType) => z.ZodType,
): Record<string, z.ZodType> =>
  Object.fromEntries(
    envelope.map((field: EnvelopeField) => [
      field,
      optional(field === "kind" && kinds !== undefined ? z.enum(kinds) : envelopeFields[field]),
    ]),
  );

/** What a resource is answered as. */
export function answerSchema(definition: ResourceDefinition): z.ZodObject {
  // What is written out is what was taken in, with defaults, and what the service adds.
  const written = Object.entries(definition.properties.shape).map(([key, schema]) => [key, schema.optional()] as const);
  const properties = z.object({
    ...Object.fromEntries(written),
    ...definition.shown?.shape,
    ...definition.output.shape,
  });
  return named(
    schemaName(definition),
    z.object({
      id: z.string(),
      name: z.string(),
      type: z.string(),
      ...(definition.tracked ? { location: z.string(), tags: Tags } : {}),
      ...(definition.hasIdentity ? { identity: Identity.optional() } : {}),
      ...envelopeOf(definition, (schema) => schema.nullish()),
      etag: z.string(),
      systemData: SystemData,
      properties: named(
        `${schemaName(definition)}Output`,
        properties,
        `${schemaName(definition)}Shown`,
        `${schemaName(definition)}Properties`,
      ),
    }),
    definitionName(definition),
  );
}

/** What a PUT of a resource takes. Members that only the service writes are ignored, so that what was read can be put back. */
export function putSchema(definition: ResourceDefinition): z.ZodObject {
  named(`${schemaName(definition)}Properties`, definition.properties);
  const isAllOptional = definition.properties.safeParse({}).success;
  return named(
    `${schemaName(definition)}Put`,
    z.object({
      ...(definition.tracked ? { location: locationName, tags: Tags.nullish() } : {}),
      ...(definition.hasIdentity ? { identity: Identity.nullish() } : {}),
      ...envelopeOf(definition, (schema) => schema.nullish()),
      properties: isAllOptional ? definition.properties.nullish() : definition.properties,
    }),
  );
}

/** What a PATCH takes: the fields that the type lets be changed one by one. */
export function patchSchema(definition: ResourceDefinition): z.ZodObject {
  const { patch } = definition;
  const fields = [...patch.fields, ...(patch.later?.fields ?? [])].filter(
    (field) => field in definition.properties.shape,
  );
  const shape = fields.map((field) => [field, definition.properties.shape[field]?.optional() ?? z.never()] as const);
  return named(
    `${schemaName(definition)}Patch`,
    z.object({
      ...(definition.patch.fields.includes("tags") ? { tags: Tags.nullish() } : {}),
      properties: named(
        `${schemaName(definition)}PatchProperties`,
        z.object(Object.fromEntries(shape)),
        `${schemaName(definition)}Properties`,
      ).nullish(),
    }),
  );
}

/** A page of a list; `nextLink` is absolute and is followed verbatim. */
export const pageSchema = (name: string, item: z.ZodType): z.ZodObject =>
  named(name, z.object({ value: z.array(item), nextLink: z.string().nullish() }));

export const locationName = z.string().describe("A location of the control plane: `westeurope` or `West Europe`.");

export const pagingQuery = z.object({
  $top: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe("How many to answer at most; 100 unless said, never more than 1000."),
  $skipToken: z.string().optional().describe("Where to go on; part of `nextLink`."),
});

export const filterQuery = z.object({
  $filter: z
    .string()
    .optional()
    .describe(
      "Comparisons of `resourceType`, `resourceGroup`, `name`, `location` (`eq`, `ne`, `substringof('a', name)`, `startswith(name, 'a')`) and of tags (`tagName eq 'team' and tagValue eq 'blue'`), joined by `and` and `or`. Anything else is refused.",
    ),
});

export const expandQuery = z.object({
  $expand: z
    .string()
    .optional()
    .describe("What to add to each line: `createdTime`, `changedTime`, `provisioningState`, with commas between them."),
});

export const preconditionHeaders = z.object({
  "if-match": z.string().optional().describe("The ETag that the resource must have, or `*`."),
  "if-none-match": z.string().optional().describe("`*`: the resource must not exist yet."),
});

export const ResourceGroup = named(
  "ResourceGroup",
  z.object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    location: z.string(),
    managedBy: z.string().nullish(),
    tags: Tags,
    properties: z.object({ provisioningState: z.enum(provisioningStates) }),
  }),
);

/** One line of a list across types: the envelope without the properties of the type. */
export const GenericResource = named(
  "GenericResource",
  z.object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    location: z.string(),
    tags: Tags,
    identity: Identity.optional(),
    createdTime: z.string().optional(),
    changedTime: z.string().optional(),
    provisioningState: z.enum(provisioningStates).optional(),
  }),
);
