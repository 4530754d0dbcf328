/**
 * Values while a query runs. All are JSON: a datetime is its milliseconds since 1970, a timespan its milliseconds, and which of
 * these a number is says the type of the expression. Inside `dynamic` both are text, as JSON has nothing for them. Null is a
 * value of each type but string, whose nothing is the empty text.
 */
import type { Json, ScalarType } from "../language/ast.ts";
import { parseDatetime, parseTimespan } from "../language/literals.ts";

export type Value = Json;
export type JsonMembers = { readonly [name: string]: Json };

export const isMembers = (value: Value): value is JsonMembers =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const isList = (value: Value): value is readonly Json[] => Array.isArray(value);

/** What a column of the type holds where there is nothing. */
export const nothingOf = (type: ScalarType): Value => (type === "string" ? "" : null);

const pad = (value: number, width = 2): string => String(value).padStart(width, "0");

function formatDatetime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().replace(/Z$/, "0000Z");
}

function formatTimespan(ms: number): string {
  const total = Math.abs(Math.round(ms * 10_000));
  const ticks = total % 10_000_000;
  const seconds = Math.floor(total / 10_000_000);
  const days = Math.floor(seconds / 86_400);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => pad(part))
    .join(":");
  return `${ms < 0 ? "-" : ""}${days > 0 ? `${days}.` : ""}${clock}${ticks > 0 ? `.${pad(ticks, 7)}` : ""}`;
}

/** A value as text, the way `tostring()` writes it. */
export function toText(value: Value, type: ScalarType): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number") {
    if (type === "datetime") return formatDatetime(value);
    return type === "timespan" ? formatTimespan(value) : String(value);
  }
  return typeof value === "boolean" ? String(value) : JSON.stringify(value);
}

/** A value as JSON, for `dynamic` and for answers. */
export const toJson = (value: Value, type: ScalarType): Json =>
  typeof value === "number" && (type === "datetime" || type === "timespan") ? toText(value, type) : value;

function toNumber(value: Value): number | null {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

function toBool(value: Value): boolean | null {
  if (typeof value === "number") return value !== 0;
  if (typeof value !== "string") return typeof value === "boolean" ? value : null;
  if (/^(?:true|1)$/i.test(value)) return true;
  return /^(?:false|0)$/i.test(value) ? false : null;
}

const parsedBy = (value: Value, parse: (text: string) => number | null): number | null =>
  typeof value === "string" ? parse(value) : typeof value === "number" ? value : null;

/** A value of one type as one of another; null, or the empty text, where it is none. */
export function convert(value: Value, from: ScalarType, to: ScalarType): Value {
  if (from === to) return value;
  switch (to) {
    case "string":
      return toText(value, from);
    case "long": {
      const number = toNumber(value);
      return number === null ? null : Math.trunc(number);
    }
    case "real":
      return toNumber(value);
    case "bool":
      return toBool(value);
    case "datetime":
      return parsedBy(value, parseDatetime);
    case "timespan":
      return parsedBy(value, parseTimespan);
    case "dynamic":
      return toJson(value, from);
  }
}

/** The member of an object; where its case is another, the first that fits. Null where there is none. */
export function memberOf(value: Value, name: string): Value {
  if (!isMembers(value)) return null;
  if (Object.hasOwn(value, name)) return value[name] ?? null;
  const wanted = name.toLowerCase();
  for (const key of Object.keys(value)) if (key.toLowerCase() === wanted) return value[key] ?? null;
  return null;
}

/** One text for each value, the same for equal ones: objects whose members have another order are equal. */
export function identityOf(value: Value): string {
  if (!isMembers(value) && !isList(value)) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(identityOf).join(",")}]`;
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${identityOf(value[name] ?? null)}`);
  return `{${members.join(",")}}`;
}

const rankOf = (value: Value): number =>
  typeof value === "boolean" ? 1 : typeof value === "number" ? 2 : typeof value === "string" ? 3 : 4;

/** The order of two values that are not null: numbers, texts by their characters, and whatever `dynamic` mixes by kind. */
export function compareValues(one: Value, other: Value): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  if (typeof one === "string" && typeof other === "string") return one < other ? -1 : one > other ? 1 : 0;
  const byKind = rankOf(one) - rankOf(other);
  if (byKind !== 0) return byKind;
  if (typeof one === "boolean") return Number(one) - Number(other);
  const [first, second] = [identityOf(one), identityOf(other)];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** About how many bytes a value takes. */
export function sizeOf(value: Value): number {
  if (typeof value === "string") return 16 + value.length;
  if (isList(value)) return value.reduce<number>((sum, each) => sum + sizeOf(each), 16);
  if (!isMembers(value)) return 8;
  return Object.entries(value).reduce((sum, [name, each]) => sum + 16 + name.length + sizeOf(each), 16);
}
