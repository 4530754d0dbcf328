/** The reference of all calls, a page for each area, from the OpenAPI document. */
import { isObject, type JsonObject, type OpenApiDocument } from "@arcfleet/contract/openapi";
import { currentDocument } from "./openapi-file.ts";
import { schemaSection } from "./schema-section.ts";

interface Call {
  readonly method: string;
  readonly path: string;
  readonly operation: JsonObject;
}

/** The texts of the pages, by file name. */
export async function apiReference(): Promise<ReadonlyMap<string, string>> {
  const document = await currentDocument();
  const areas = Map.groupBy(callsOf(document), ({ operation }) => String([operation.tags].flat()[0]));
  const owners = ownersOfSchemas(document, areas);
  const pages = new Map<string, string>([["README.md", indexPage(document, [...areas])]]);
  for (const [area, calls] of areas) pages.set(fileOf(area), areaPage({ document, area, calls, owners }));
  return pages;
}

const callsOf = ({ paths }: OpenApiDocument): Call[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

const fileOf = (area: string): string => `${area.toLowerCase().replaceAll(/[^a-z]+/g, "-")}.md`;

/** Which page explains a schema: that of the first area that uses it. */
function ownersOfSchemas(
  document: OpenApiDocument,
  areas: ReadonlyMap<string, readonly Call[]>,
): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  const visit = (value: unknown, area: string): void => {
    if (Array.isArray(value)) for (const part of value) visit(part, area);
    if (!isObject(value)) return;
    const name = schemaNameOf(value);
    if (name !== undefined && !owners.has(name)) {
      owners.set(name, area);
      visit(document.components.schemas[name], area);
    }
    for (const part of Object.values(value)) visit(part, area);
  };
  for (const [area, calls] of areas) for (const { operation } of calls) visit(operation, area);
  return owners;
}

const schemaNameOf = (value: JsonObject): string | undefined =>
  typeof value.$ref === "string" ? /^#\/components\/schemas\/(.+)$/.exec(value.$ref)?.[1] : undefined;

const made = "These pages are made from `docs/reference/openapi.json` by `npm run check -- --update`.";

function indexPage(document: OpenApiDocument, areas: readonly (readonly [string, readonly Call[]])[]): string {
  const about = new Map(
    [document.tags].flat().flatMap((tag) => (isObject(tag) ? [[String(tag.name), String(tag.description ?? "")]] : [])),
  );
  return [
    "# Calls of the control plane",
    "",
    String(isObject(document.info) ? document.info.description : ""),
    "",
    "For programs, the same as an OpenAPI 3.1 document: [openapi.json](../openapi.json), which every control plane also serves at",
    "`/openapi.json`. What is answered instead of a success: [errors](../errors.md).",
    "",
    "| area | calls | |",
    "| --- | --- | --- |",
    ...areas.map(([area, calls]) => `| [${area}](${fileOf(area)}) | ${calls.length} | ${about.get(area) ?? ""} |`),
    "",
    made,
    "",
  ].join("\n");
}

interface AreaPage {
  readonly document: OpenApiDocument;
  readonly area: string;
  readonly calls: readonly Call[];
  readonly owners: ReadonlyMap<string, string>;
}

function areaPage({ document, area, calls, owners }: AreaPage): string {
  const link = (name: string): string => {
    const owner = owners.get(name);
    const page = owner === undefined || owner === area ? "" : fileOf(owner);
    return `[${name}](${page}#${name.toLowerCase()})`;
  };
  // The same call at several scopes is explained once.
  const groups = Map.groupBy(calls, ({ operation }) => String(operation.operationId).replace(/(For|At)[A-Z]\w*$/, ""));
  const schemas = [...owners].filter(([, owner]) => owner === area).map(([name]) => name);
  return [
    `# ${area}`,
    "",
    "| call | | who may |",
    "| --- | --- | --- |",
    ...[...groups].map(([id, [call]]) =>
      call ? `| [${id}](#${id.toLowerCase()}) | ${call.operation.summary} | ${accessOf(call)} |` : "",
    ),
    "",
    ...[...groups].flatMap(([id, group]) => callSection(document, id, group, link)),
    ...(schemas.length === 0 ? [] : ["## Schemas", ""]),
    ...schemas.flatMap((name) => schemaSection(name, document.components.schemas[name] ?? {}, link)),
    `[All calls](README.md). ${made}`,
    "",
  ].join("\n");
}

function accessOf({ operation }: Call): string {
  const access = operation["x-arcfleet-access"];
  if (!isObject(access)) return "";
  const at = access.at === undefined ? "" : ` at ${access.at}`;
  if (access.kind === "action") return `\`${access.action}\`${at}`;
  if (access.kind === "cluster") return "the cluster itself";
  return access.kind === "anyone" ? "anyone" : "any caller with a token";
}

type Link = (schema: string) => string;

function callSection(document: OpenApiDocument, id: string, group: readonly Call[], link: Link): string[] {
  const [call] = group;
  if (call === undefined) return [];
  const { operation } = call;
  const parameters = [operation.parameters].flat().map((one) => resolve(document, one));
  return [
    `### ${id}`,
    "",
    String(operation.summary),
    "",
    "```",
    ...group.map(({ method, path }) => `${method} ${path}`),
    "```",
    "",
    `Who may: ${accessOf(call)}.${operation["x-ms-long-running-operation"] ? " The work may go on after the answer." : ""}`,
    "",
    ...parameterTable(parameters),
    ...bodyLines(operation.requestBody, link),
    "| answer | | body |",
    "| --- | --- | --- |",
    ...answerRows(operation.responses, link),
    "",
  ];
}

function resolve(document: OpenApiDocument, value: unknown): JsonObject {
  if (!isObject(value)) return {};
  if (typeof value.$ref !== "string") return value;
  const name = value.$ref.split("/").at(-1) ?? "";
  const found = document.components.parameters?.[name];
  return isObject(found) ? found : {};
}

function parameterTable(parameters: readonly JsonObject[]): string[] {
  const rows = parameters
    .filter((one) => one.in !== "path")
    .map((one) => `| \`${one.name}\` | ${one.in}${one.required ? ", required" : ""} | ${meaningOf(one)} |`);
  return rows.length === 0 ? [] : ["| parameter | | |", "| --- | --- | --- |", ...rows, ""];
}

function meaningOf({ description, schema }: JsonObject): string {
  const values = isObject(schema) ? [schema.enum ?? schema.examples ?? []].flat() : [];
  return [description, values.map((value) => `\`${value}\``).join(", ")].filter(Boolean).join(" ");
}

function bodyLines(body: unknown, link: Link): string[] {
  if (!isObject(body) || !isObject(body.content)) return [];
  return Object.entries(body.content).flatMap(([type, content]) => {
    if (!isObject(content)) return [];
    const name = isObject(content.schema) ? schemaNameOf(content.schema) : undefined;
    const example =
      content.example === undefined ? [] : ["```json", JSON.stringify(content.example, null, 2), "```", ""];
    return [`Body (\`${type}\`): ${name === undefined ? "" : link(name)}.`, "", ...example];
  });
}

function answerRows(responses: unknown, link: Link): string[] {
  if (!isObject(responses)) return [];
  return Object.entries(responses).flatMap(([status, response]) => {
    if (status === "default" || !isObject(response)) return [];
    const [content] = isObject(response.content) ? Object.entries(response.content) : [];
    const schema = content && isObject(content[1]) && isObject(content[1].schema) ? content[1].schema : undefined;
    const name = schema && schemaNameOf(schema);
    return [`| ${status} | ${response.description} | ${name === undefined ? "" : link(name)} |`];
  });
}
