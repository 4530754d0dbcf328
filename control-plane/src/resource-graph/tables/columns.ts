/** The columns that every table has, named and typed as in the original. */
import type { JsonObject } from "../../json.ts";
import type { Json } from "../language/ast.ts";
import type { TableColumn } from "../run/tables.ts";
import type { Value } from "../run/values.ts";

export const columns = [
  { name: "id", type: "string" },
  { name: "name", type: "string" },
  { name: "type", type: "string" },
  { name: "tenantId", type: "string" },
  { name: "kind", type: "string" },
  { name: "location", type: "string" },
  { name: "resourceGroup", type: "string" },
  { name: "subscriptionId", type: "string" },
  { name: "managedBy", type: "string" },
  { name: "sku", type: "dynamic" },
  { name: "plan", type: "dynamic" },
  { name: "properties", type: "dynamic" },
  { name: "tags", type: "dynamic" },
  { name: "identity", type: "dynamic" },
  { name: "zones", type: "dynamic" },
  { name: "extendedLocation", type: "dynamic" },
  { name: "apiVersion", type: "string" },
  { name: "systemData", type: "dynamic" },
] as const satisfies readonly TableColumn[];

const textColumns: ReadonlySet<string> = new Set(
  columns.filter(({ type }) => type === "string").map(({ name }) => name),
);

/** What a column holds of an object that answers show; what it lacks is the empty text, or null. */
export function cellOf(shown: JsonObject, column: string): Value {
  const value = shown[column];
  if (textColumns.has(column)) return typeof value === "string" ? value : "";
  // Answers are JSON already: they come from JSON columns and plain values.
  return value === undefined ? null : (value as Json);
}
