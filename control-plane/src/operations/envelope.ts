/** What some types have beside `properties`: read from a request, held against what is stored, shown. All of it is fixed at creation. */
import { type EnvelopeField, envelopeFields, type ResourceDefinition } from "@arcfleet/contract";
import type { ResourceRow } from "../db/resources.ts";
import { DomainError, invalid } from "../errors.ts";
import { type JsonObject, readJsonColumn } from "../json.ts";
import { knownFields } from "./version-view.ts";

/** What the request says; a field that its version does not know is not there. */
export function parseEnvelope(
  definition: ResourceDefinition,
  version: string | undefined,
  body: JsonObject,
): JsonObject {
  const given = knownFields(definition, version).filter((field) => body[field] !== undefined && body[field] !== null);
  return Object.fromEntries(given.map((field) => [field, parseField(definition, field, body[field])]));
}

function parseField(definition: ResourceDefinition, field: EnvelopeField, value: unknown): unknown {
  const result = envelopeFields[field].safeParse(value);
  if (!result.success) {
    const wrong = result.error.issues.map((issue) => [field, ...issue.path.map(String)].join("."));
    const rule =
      field === "plan" ? "'plan' needs 'name', 'publisher' and 'product' together" : `'${field}' is not valid`;
    throw invalid(`${rule}: look at '${wrong.join("', '")}'.`, wrong[0]);
  }
  if (field === "kind" && definition.kinds !== undefined && !definition.kinds.includes(String(value))) {
    throw invalid(
      `A ${definition.singular} cannot be of the kind '${String(value)}'. Kinds are: ${definition.kinds.join(", ")}; most have none.`,
      "kind",
    );
  }
  return result.data;
}

/** Refuses another value; what is left out stays. */
export function checkEnvelope(
  { singular }: ResourceDefinition,
  name: string,
  wanted: JsonObject,
  existing: ResourceRow,
): void {
  const stored = readJsonColumn(existing.envelope);
  for (const [field, value] of Object.entries(wanted)) {
    if (fixedForm(value) === fixedForm(stored[field])) continue;
    throw new DomainError(
      "PropertyChangeNotAllowed",
      `'${field}' of the ${singular} '${name}' is fixed at creation: it is ${JSON.stringify(stored[field] ?? null)} and cannot become ${JSON.stringify(value)}. Delete the ${singular} and create it again.`,
      { target: field },
    );
  }
}

const fixedForm = (value: unknown): string => (JSON.stringify(value ?? null) ?? "").toLowerCase();

/** Every field that the type has; null for what the resource has not. */
export function presentEnvelope({ envelope = [] }: ResourceDefinition, row: ResourceRow): JsonObject {
  if (envelope.length === 0) return {};
  const stored = readJsonColumn(row.envelope);
  // Clients take a `kind` for a word: one that is not there is left out.
  return Object.fromEntries(
    envelope
      .filter((field) => field !== "kind" || stored[field] !== undefined)
      .map((field) => [field, stored[field] ?? null]),
  );
}
