/**
 * Secret properties on their way in and out. In the database the values are sealed beside the resource and the properties
 * hold each key with an empty string, which is also what a GET shows. What a client sends means:
 *
 * - property absent or null: keep what is stored (a PUT that forgets the secrets does not wipe them);
 * - a map: exactly these keys; an empty string keeps the value stored under that key, so a GET can be PUT back;
 * - in a PATCH the map is merged: keys not named stay, `null` removes one.
 *
 * A secret that is one text, and not a map of them, is a property like others: a PUT that leaves it out takes it away, because there
 * another one of its block usually takes its place. An empty text keeps it.
 *
 * docs/decisions/0012 says why.
 */
import { isJsonObject, type JsonObject } from "../json.ts";

/** Property path, in the form of the definition with `*` filled in, to its secret values. */
export type SecretValues = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface SplitProperties {
  /** The properties with secret values blanked. */
  readonly properties: JsonObject;
  readonly secrets: SecretValues;
}

export interface SplitInput {
  readonly paths: readonly string[];
  readonly properties: JsonObject;
  /** What the client sent, to tell an absent map from an empty one. */
  readonly raw: JsonObject;
  readonly stored: SecretValues;
}

/** Where the value of a secret is that is one text; no key that a client can be thought to send. */
const single = "\u0000";

/** Takes the secret values out of new properties, completing them from the stored ones. */
export function splitSecrets(input: SplitInput): SplitProperties {
  const secrets: Record<string, Record<string, string>> = {};
  const properties = structuredClone(input.properties) as Record<string, unknown>;
  for (const path of input.paths) {
    for (const place of placesOf(properties, path.split("."), "")) {
      const stored = input.stored[place.path] ?? {};
      const value = place.holder[place.member];
      if (typeof value === "string") {
        const kept = value === "" ? stored[single] : value;
        if (kept !== undefined) secrets[place.path] = { [single]: kept };
        place.holder[place.member] = kept === undefined ? undefined : "";
        continue;
      }
      if (stored[single] !== undefined) continue;
      const isGiven = isJsonObject(valueAt(input.raw, place.trail));
      const given = isGiven && isJsonObject(place.holder[place.member]) ? place.holder[place.member] : stored;
      const values: Record<string, string> = {};
      for (const [key, value] of Object.entries(given as Record<string, string>)) {
        values[key] = value === "" ? (stored[key] ?? "") : value;
      }
      if (Object.keys(values).length > 0) secrets[place.path] = values;
      if (isGiven || Object.keys(values).length > 0) {
        place.holder[place.member] = Object.fromEntries(Object.keys(values).map((key) => [key, ""]));
      }
    }
  }
  return { properties, secrets };
}

/** Puts the values back, for the cluster's eyes only. */
export function joinSecrets(paths: readonly string[], properties: JsonObject, secrets: SecretValues): JsonObject {
  const joined = structuredClone(properties) as Record<string, unknown>;
  for (const path of paths) {
    for (const place of placesOf(joined, path.split("."), "")) {
      const values = secrets[place.path];
      if (values) place.holder[place.member] = values[single] ?? values;
    }
  }
  return joined;
}

interface Place {
  /** Names the place across writes: elements of a list by their `feature` or `name`, not by position. */
  readonly path: string;
  /** The same by position, for finding it in the raw body. */
  readonly trail: readonly (string | number)[];
  readonly holder: Record<string, unknown>;
  readonly member: string;
}

function placesOf(
  holder: unknown,
  path: readonly string[],
  prefix: string,
  trail: readonly (string | number)[] = [],
): Place[] {
  const [head, ...rest] = path;
  if (head === undefined) return [];
  if (head === "*") {
    if (!Array.isArray(holder)) return [];
    return holder.flatMap((element: unknown, index) => {
      const label = isJsonObject(element) ? (element.feature ?? element.name ?? index) : index;
      return placesOf(element, rest, `${prefix}${String(label)}.`, [...trail, index]);
    });
  }
  if (!isJsonObject(holder)) return [];
  const next = [...trail, head];
  if (rest.length === 0) {
    return [{ path: prefix + head, trail: next, holder: holder as Record<string, unknown>, member: head }];
  }
  return placesOf(holder[head], rest, `${prefix}${head}.`, next);
}

function valueAt(value: unknown, trail: readonly (string | number)[]): unknown {
  let current: unknown = value;
  for (const step of trail) {
    if (Array.isArray(current) && typeof step === "number") current = current[step];
    else if (isJsonObject(current)) current = current[String(step)];
    else return undefined;
  }
  return current;
}
