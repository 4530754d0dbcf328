import { normalizeLocation, type ResourceDefinition, Tags } from "@arcfleet/contract";
import type { z } from "zod";
import { locationNames } from "../arm/locations.ts";
import { DomainError, invalidContent } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { parseEnvelope } from "./envelope.ts";
import { checkValues, keepUnknown, readIn } from "./version-view.ts";

/** The parts of a PUT or PATCH that a client may write, checked. */
export interface WritableBody {
  readonly tags: Readonly<Record<string, string>>;
  readonly location: string | null;
  readonly envelope: JsonObject;
  /** With defaults; unknown and read-only members are gone. Secret values are still inside. */
  readonly properties: JsonObject;
  /** As the client sent them: tells an absent member from one that is written out. */
  readonly rawProperties: JsonObject;
}

export function requireObject(definition: ResourceDefinition, body: unknown): JsonObject {
  if (isJsonObject(body)) return body;
  throw invalidContent(
    `The body of a ${definition.singular} must be a JSON object with 'properties'; it is ${body === undefined ? "missing" : "something else"}.`,
  );
}

/** How a PUT is to be read: what its api-version cannot say comes from the record, if there is one. */
export interface Reading {
  readonly apiVersion?: string | undefined;
  /** The record as a resource, its envelope and its properties. */
  readonly stored?: JsonObject | undefined;
}

export function parsePut(definition: ResourceDefinition, body: unknown, reading: Reading = {}): WritableBody {
  const object = requireObject(definition, body);
  const given = object.properties ?? {};
  if (!isJsonObject(given)) throw invalidContent("'properties' must be a JSON object.");
  const { apiVersion, stored } = reading;
  checkValues(definition, apiVersion, object, stored);
  const own = readIn(definition, apiVersion, given);
  const kept = stored === undefined ? undefined : keptOf(definition, apiVersion, own, stored);
  const rawProperties = kept ?? own;
  return {
    tags: definition.tracked ? parseTags(object.tags) : {},
    location: definition.tracked ? parseLocation(definition.singular, object.location) : null,
    envelope: parseEnvelope(definition, apiVersion, object),
    properties: parseProperties(definition, rawProperties),
    rawProperties,
  };
}

function keptOf(
  definition: ResourceDefinition,
  apiVersion: string | undefined,
  raw: JsonObject,
  { properties }: JsonObject,
): JsonObject | undefined {
  if (!isJsonObject(properties)) return undefined;
  return keepUnknown(definition, apiVersion, { raw, parsed: parseProperties(definition, raw) }, properties);
}

export function parseProperties(definition: ResourceDefinition, raw: JsonObject): JsonObject {
  const result = definition.properties.safeParse(raw);
  if (result.success) return result.data;
  throw fromIssues(`The properties of the ${definition.singular} are not valid`, "properties", result.error);
}

export function parseTags(raw: unknown): Readonly<Record<string, string>> {
  if (raw === undefined || raw === null) return {};
  const result = Tags.safeParse(raw);
  if (result.success) return result.data;
  throw fromIssues("The tags are not valid", "tags", result.error);
}

export function parseLocation(thing: string, raw: unknown): string {
  if (typeof raw !== "string" || raw.trim() === "") {
    throw new DomainError("LocationRequired", `A ${thing} needs a 'location', such as '${locationNames[0]}'.`);
  }
  const location = normalizeLocation(raw);
  if (locationNames.includes(location)) return location;
  throw new DomainError(
    "LocationNotAvailableForResourceType",
    `The location '${raw}' is not available for a ${thing}. Available are: ${locationNames.join(", ")}.`,
    { target: "location" },
  );
}

function fromIssues(summary: string, root: string, error: z.ZodError): DomainError {
  const details = error.issues.slice(0, 20).map((issue) => ({
    code: "InvalidRequestContent",
    message: issue.message,
    target: [root, ...issue.path.map(String)].join("."),
  }));
  const [first] = details;
  return invalidContent(`${summary}: ${first?.target}: ${first?.message}`, details);
}
