/**
 * One record, seen through the api-version of a request. Records are stored in the words of the newest version; a client of an older
 * one sees what its version has, and what it cannot say it does not change. docs/decisions/0110 says why.
 */
import {
  type EnvelopeField,
  isSameOrLater,
  knows,
  type ResourceDefinition,
  type VersionRule,
} from "@arcfleet/contract";
import { invalid } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { changeAt, keepAt, removeAt, renameAt } from "./json-paths.ts";

/** A rule that a version does not fulfil. */
interface Unknown extends VersionRule {
  readonly steps: readonly string[];
}

const views = new Map<ResourceDefinition, Map<string, readonly Unknown[]>>();

/** What a version does not know, worked out once for each of them; most know everything. */
function unknownTo(definition: ResourceDefinition, version: string | undefined): readonly Unknown[] {
  if (version === undefined || definition.versionRules === undefined) return [];
  const ofType = views.get(definition) ?? new Map<string, readonly Unknown[]>();
  views.set(definition, ofType);
  const known = ofType.get(version);
  if (known !== undefined) return known;
  const found = definition.versionRules
    .filter((rule) => !knows(rule, version))
    .map((rule) => ({ ...rule, steps: rule.path.split(".") }));
  ofType.set(version, found);
  return found;
}

/** What an answer shows of a record. */
export function shownIn(definition: ResourceDefinition, version: string | undefined, record: JsonObject): JsonObject {
  let shown: unknown = record;
  for (const { steps, value, shownAs, formerly } of unknownTo(definition, version)) {
    if (value === undefined) {
      const isRenamed = formerly !== undefined && version !== undefined && isSameOrLater(version, formerly.since);
      shown = isRenamed ? renameAt(shown, steps, formerly.name) : removeAt(shown, steps);
    } else if (shownAs !== undefined) {
      shown = changeAt(shown, steps, (found) => (found === value ? shownAs : found));
    }
  }
  return isJsonObject(shown) ? shown : record;
}

/** Properties as a version means them: what it does not know is not there, as if it had not been sent. */
export function readIn(
  definition: ResourceDefinition,
  version: string | undefined,
  properties: JsonObject,
): JsonObject {
  let read: unknown = { properties };
  for (const { steps, value } of unknownTo(definition, version)) {
    if (value === undefined) read = removeAt(read, steps);
  }
  return isJsonObject(read) && isJsonObject(read.properties) ? read.properties : properties;
}

/** What the type has beside its properties, as far as the version knows. */
export function knownFields(definition: ResourceDefinition, version: string | undefined): readonly EnvelopeField[] {
  const unknown = unknownTo(definition, version).filter(({ value }) => value === undefined);
  return (definition.envelope ?? []).filter((field) => !unknown.some(({ path }) => path === field));
}

/** Whether what a PUT of the version means depends on what is stored. */
export const dependsOnStored = (definition: ResourceDefinition, version: string | undefined): boolean =>
  unknownTo(definition, version).some(({ shownAs }) => shownAs === undefined);

/** With what is stored of what the version cannot say. */
export function keepUnknown(
  definition: ResourceDefinition,
  version: string | undefined,
  given: { readonly raw: JsonObject; readonly parsed: JsonObject },
  stored: JsonObject,
): JsonObject {
  let kept: unknown = given.raw;
  for (const { steps, value, keptWhile } of unknownTo(definition, version)) {
    const [root, ...below] = steps;
    if (value !== undefined || root !== "properties") continue;
    if (keptWhile !== undefined && given.parsed[keptWhile.property] !== keptWhile.is) continue;
    kept = keepAt(kept, given.parsed, stored, below);
  }
  return isJsonObject(kept) ? kept : given.raw;
}

/** Refuses a value that the version does not know, unless the record has it already and the client sends back what it read. */
export function checkValues(
  definition: ResourceDefinition,
  version: string | undefined,
  record: JsonObject,
  stored: JsonObject | undefined,
): void {
  for (const { steps, value, since, shownAs, path } of unknownTo(definition, version)) {
    if (value === undefined || shownAs !== undefined || valueAt(record, steps) !== value) continue;
    if (stored !== undefined && valueAt(stored, steps) === value) continue;
    throw invalid(
      `'${path.replace(/^properties\./, "")}' can be '${value}' from api-version ${since} on, and the request came with ${version}. Send it with a later one.`,
      path,
    );
  }
}

function valueAt(value: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((found, step) => (isJsonObject(found) ? found[step] : undefined), value);
}

/** The fields that a PATCH takes, and whether it is answered as one that goes on. */
export function patchIn({ patch }: ResourceDefinition, version: string | undefined) {
  const isLater = patch.later !== undefined && (version === undefined || isSameOrLater(version, patch.later.since));
  return {
    fields: isLater ? [...patch.fields, ...(patch.later?.fields ?? [])] : patch.fields,
    isAsync: patch.isAsync || (isLater && version !== undefined),
  };
}
