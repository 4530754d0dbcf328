/** The OpenAPI document of the control plane, made from the list of its calls. */
import { z } from "zod";
import { ArmErrorBody } from "../arm/error.ts";
import { TokenErrorBody } from "../operations/identity.ts";
import type { Access, Operation, OperationAnswer } from "../operations/operation.ts";
import { operations } from "../operations/operations.ts";
import { pathParameters } from "../operations/path-parameters.ts";
import { RegistryErrorBody } from "../operations/service-endpoints.ts";
import { areas } from "./areas.ts";
import { type ComponentSchemas, componentSchemas, type FieldDocs } from "./component-schemas.ts";
import { fieldDocs } from "./field-docs.ts";
import type { JsonObject } from "./json.ts";

export interface DocumentPlace {
  /** The origin that the calls go to. */
  readonly endpoint: string;
  readonly tenantId: string;
}

/** Where the document is checked in, there is no control plane yet. */
const nowhere: DocumentPlace = {
  endpoint: "https://arcfleet.example",
  tenantId: "00000000-0000-0000-0000-000000000000",
};

export interface OpenApiDocument extends JsonObject {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly components: Readonly<Record<string, JsonObject>> & {
    readonly schemas: Readonly<Record<string, JsonObject>>;
  };
}

/** Makes the document, for the control plane at `place`. */
export function openApiDocument(place: DocumentPlace = nowhere, docs: FieldDocs = fieldDocs): OpenApiDocument {
  const components = componentSchemas(operations, docs);
  const versions = versionParameters(operations);
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const operation of operations) {
    paths[operation.path] ??= {};
    const item = paths[operation.path] ?? {};
    item[operation.method.toLowerCase()] = describeOperation(operation, components, versions);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "arcfleet",
      version: "1.0.0",
      summary: "Fleets of Kubernetes clusters, attached to one control plane.",
      description: introduction,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: place.endpoint }],
    tags: areasOf(operations).map((name) => ({ name, ...(areas[name] ? { description: areas[name] } : {}) })),
    paths,
    components: {
      schemas: components.schemas,
      parameters: {
        ...Object.fromEntries(
          Object.entries(pathParameters).map(([name, schema]) => [name, parameter("path", name, schema)]),
        ),
        ...Object.fromEntries([...versions.values()].map(({ name, parameter }) => [name, parameter])),
      },
      headers,
      responses: {
        Error: errorResponse("Refused. `error.code` is one of docs/reference/errors.md.", [
          components.refTo(ArmErrorBody),
        ]),
        TokenError: errorResponse("Refused, as OAuth writes it.", [
          components.refTo(TokenErrorBody),
          components.refTo(ArmErrorBody),
        ]),
        RegistryError: errorResponse("Refused, as registries write it.", [
          components.refTo(RegistryErrorBody),
          components.refTo(ArmErrorBody),
        ]),
        Page: {
          description: "Refused, on a page for people; before a page is reached, as everywhere.",
          content: {
            "text/html": { schema: { type: "string" } },
            "application/json": { schema: components.refTo(ArmErrorBody) },
          },
        },
      },
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "An access token of the control plane's own issuer.",
        },
        clientCredentials: {
          type: "oauth2",
          description: "How programs get that token. The scope is the endpoint with `/.default` at its end.",
          flows: {
            clientCredentials: {
              tokenUrl: `${place.endpoint}/${place.tenantId}/oauth2/v2.0/token`,
              scopes: { [`${place.endpoint}/.default`]: "Everything that the caller's roles allow." },
            },
          },
        },
        basic: {
          type: "http",
          scheme: "basic",
          description: "For clients of registries: any user name, and an access token as the password.",
        },
      },
    },
  };
}

const introduction = `The calls of Azure Resource Manager that concern Arc-enabled Kubernetes, and what clients need around them. Paths match in any
case, and so do the names of query parameters. Every answer carries \`x-ms-request-id\` and \`x-ms-correlation-request-id\`.
Members of a body that a call does not know, or that only the service writes, are ignored: what was read can be put back.
\`x-arcfleet-access\` of a call says who may make it, \`x-ms-mutability\` of a field that it is fixed at creation,
and \`x-ms-secret\` that its values are encrypted at rest and answered as empty strings.`;

const areasOf = (operations: readonly Operation[]): string[] => [...new Set(operations.map(({ area }) => area))];

function describeOperation(
  operation: Operation,
  components: ComponentSchemas,
  versions: ReadonlyMap<string, VersionParameter>,
): JsonObject {
  const { id, area, summary, path, access, body, answers } = operation;
  const version = versions.get(versionKey(operation));
  return {
    operationId: id,
    tags: [area],
    summary,
    parameters: [
      ...[...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => ({ $ref: `#/components/parameters/${name}` })),
      ...(version ? [{ $ref: `#/components/parameters/${version.name}` }] : []),
      ...parametersOf("query", operation.query),
      ...parametersOf("header", operation.headers),
    ],
    ...(body && {
      requestBody: {
        required: !body.schema.safeParse(undefined).success,
        content: {
          [body.mediaType ?? "application/json"]: {
            schema: components.refTo(body.schema),
            ...(body.example === undefined ? {} : { example: body.example }),
          },
        },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [
          status,
          describeAnswer(operation, status, answer, components),
        ]),
      ),
      default: { $ref: `#/components/responses/${errorResponses[operation.errorForm ?? "arm"]}` },
    },
    security: securityOf(operation),
    ...(operation.isLongRunning && {
      "x-ms-long-running-operation": true,
      "x-ms-long-running-operation-options": {
        "final-state-via": operation.method === "PUT" ? "azure-async-operation" : "location",
      },
    }),
    ...(operation.isPaged && { "x-ms-pageable": { nextLinkName: "nextLink" } }),
    "x-arcfleet-access": describeAccess(access),
  };
}

const errorResponses = { arm: "Error", oauth: "TokenError", registry: "RegistryError", page: "Page" } as const;

const describeAccess = ({ kind, ...rest }: Access): JsonObject => ({ kind, ...rest });

function securityOf({ access, errorForm }: Operation): JsonObject[] {
  // An empty requirement: no token is needed, but one may help.
  if (errorForm === "registry") return [{}, { basic: [] }, { bearer: [] }];
  if (access.kind === "anyone") return [{}];
  return [{ bearer: [] }, { clientCredentials: [] }];
}

function describeAnswer(
  operation: Operation,
  status: string,
  { description, schema, mediaType = "application/json" }: OperationAnswer,
  components: ComponentSchemas,
): JsonObject {
  const names = operation.isLongRunning
    ? ["Azure-AsyncOperation", "Retry-After", ...(operation.method === "PUT" ? [] : ["Location"])]
    : [];
  const hasEtag = operation.headers !== undefined && schema !== undefined && mediaType === "application/json";
  const shown = [...(status === "204" || status === "304" ? [] : names), ...(hasEtag ? ["ETag"] : [])];
  return {
    description,
    ...(shown.length === 0
      ? {}
      : { headers: Object.fromEntries(shown.map((name) => [name, { $ref: `#/components/headers/${name}` }])) }),
    ...(schema && { content: { [mediaType]: { schema: components.refTo(schema) } } }),
  };
}

const header = (description: string, schema: JsonObject = { type: "string" }) => ({ description, schema });
const headers = {
  "Azure-AsyncOperation": header("Where the operation is polled: an absolute URL, to be asked verbatim.", {
    type: "string",
    format: "uri",
  }),
  Location: header("Where the result is waited for: 202 while the operation runs.", { type: "string", format: "uri" }),
  "Retry-After": header("Seconds to wait before the next poll.", { type: "integer" }),
  ETag: header("The version of the resource, for `If-Match`."),
};

const errorResponse = (description: string, schemas: readonly JsonObject[]): JsonObject => ({
  description,
  content: { "application/json": { schema: schemas.length === 1 ? schemas[0] : { anyOf: schemas } } },
});

function parametersOf(place: "query" | "header", schema: z.ZodObject | undefined): JsonObject[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => parameter(place, name, field));
}

function parameter(place: "path" | "query" | "header", name: string, schema: z.core.$ZodType): JsonObject {
  const { $schema: _, description, ...json } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const isRequired = place === "path" || !z.safeParse(schema, undefined).success;
  return {
    name,
    in: place,
    ...(description === undefined ? {} : { description }),
    ...(isRequired ? { required: true } : {}),
    schema: json,
  };
}

interface VersionParameter {
  readonly name: string;
  readonly parameter: JsonObject;
}

const versionKey = ({ apiVersions, takesAnyVersion }: Operation): string =>
  apiVersions === undefined ? "" : `${takesAnyVersion ? "any" : "one of"} ${apiVersions.join()}`;

/** One parameter for each list of api-versions, named after the first call that has it. */
function versionParameters(operations: readonly Operation[]): ReadonlyMap<string, VersionParameter> {
  const parameters = new Map<string, VersionParameter>();
  for (const operation of operations) {
    const { id, apiVersions, takesAnyVersion } = operation;
    const key = versionKey(operation);
    if (apiVersions === undefined || parameters.has(key)) continue;
    parameters.set(key, {
      name: `ApiVersionOf${id.split("_")[0]}`,
      parameter: {
        name: "api-version",
        in: "query",
        required: true,
        description: takesAnyVersion
          ? "Any date is taken; clients send one of the examples."
          : "The newest stable one comes first.",
        schema: takesAnyVersion
          ? { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}(-[a-z]+)?$", examples: apiVersions }
          : { type: "string", enum: apiVersions },
      },
    });
  }
  return parameters;
}
