import { isObject, type JsonObject } from "@arcfleet/contract/openapi";

type Link = (schema: string) => string;

/** The table of a schema's fields, those of nested objects under their path. */
export function schemaSection(name: string, schema: JsonObject, link: Link): string[] {
  const rows = fieldRows(schema, "", link);
  const head = [`### ${name}`, "", ...(schema.description === undefined ? [] : [String(schema.description), ""])];
  if (rows.length === 0) return [...head, `${typeOf(schema, link)}.`, ""];
  return [...head, "| field | type | meaning |", "| --- | --- | --- |", ...rows, ""];
}

function fieldRows(schema: JsonObject, prefix: string, link: Link): string[] {
  const required = new Set([schema.required ?? []].flat());
  return Object.entries(isObject(schema.properties) ? schema.properties : {}).flatMap(([key, field]) => {
    if (!isObject(field)) return [];
    const path = `${prefix}${key}`;
    const type = `${typeOf(field, link)}${required.has(key) ? ", required" : ""}`;
    const nested = innerObject(field);
    return [
      `| \`${path}\` | ${type} | ${cell(meaningOf(field))} |`,
      ...(nested ? fieldRows(nested.schema, `${path}${nested.suffix}.`, link) : []),
    ];
  });
}

/** The object inside of a list, a map, or a choice between it and null. */
function innerObject(
  schema: JsonObject,
  suffix = "",
): { readonly schema: JsonObject; readonly suffix: string } | undefined {
  if (isObject(schema.properties)) return { schema, suffix };
  if (isObject(schema.items)) return innerObject(schema.items, `${suffix}[]`);
  if (isObject(schema.additionalProperties)) return innerObject(schema.additionalProperties, `${suffix}.*`);
  const parts = [schema.anyOf ?? []].flat().filter(isObject);
  return parts.length > 2 ? undefined : parts.map((part) => innerObject(part, suffix)).find(Boolean);
}

function typeOf(schema: JsonObject, link: Link): string {
  if (typeof schema.$ref === "string") return link(schema.$ref.split("/").at(-1) ?? "");
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${value}\``).join(" \\| ");
  if (schema.const !== undefined) return `\`${schema.const}\``;
  const choices = [schema.anyOf ?? schema.oneOf ?? []].flat().filter(isObject);
  // Null means "none" wherever it is taken; to repeat it in every row would hide the rest.
  const real = choices.filter(({ type }) => type !== "null");
  if (real.length > 0) return real.map((choice) => typeOf(choice, link)).join(" or ");
  const types = [schema.type ?? "any"].flat().filter((type) => type !== "null");
  if (types.includes("array")) return `list of ${isObject(schema.items) ? typeOf(schema.items, link) : "anything"}`;
  if (types.includes("object") && isObject(schema.additionalProperties) && !isObject(schema.properties)) {
    return `map of ${typeOf(schema.additionalProperties, link)}`;
  }
  return types.join(" or ");
}

function meaningOf(schema: JsonObject): string {
  return [
    schema.description,
    schema["x-ms-mutability"] && !/fixed at creation/i.test(String(schema.description)) && "Fixed at creation.",
    schema["x-ms-secret"] && "Secret.",
    schema.readOnly && "Read-only.",
    schema.default !== undefined && `Default: \`${JSON.stringify(schema.default)}\`.`,
    ...limitsOf(schema),
  ]
    .filter(Boolean)
    .join(" ");
}

function limitsOf(schema: JsonObject): string[] {
  const parts = [schema, ...[schema.anyOf ?? []].flat().filter(isObject)];
  return parts.flatMap((part) => [
    ...(part.pattern === undefined ? [] : [`Pattern: \`${part.pattern}\`.`]),
    ...(part.maxLength === undefined ? [] : [`At most ${part.maxLength} characters.`]),
    ...(part.minimum === undefined || part.maximum === undefined ? [] : [`${part.minimum} to ${part.maximum}.`]),
  ]);
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
