/** A JSON object whose members have not been looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a JSON column. Only this service writes them, and only objects. */
export function readJsonColumn(text: string | null): JsonObject {
  if (text === null) return {};
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new TypeError("A JSON column of the database does not hold an object");
  return value;
}
