/** The functions of expressions that need nothing but what they are given. Names are compared in lower case. */
import { isDeepStrictEqual } from "node:util";
import { isJsonObject } from "../../json.ts";
import { invalidTemplate } from "../invalid-template.ts";

export type TemplateFunction = (given: readonly unknown[]) => unknown;

const text = (value: unknown, what: string): string => {
  if (typeof value === "string") return value;
  throw invalidTemplate(`${what} takes a text, not ${JSON.stringify(value) ?? "nothing"}`);
};
const whole = (value: unknown, what: string): number => {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw invalidTemplate(`${what} takes a whole number, not ${JSON.stringify(value) ?? "nothing"}`);
};
const truth = (value: unknown, what: string): boolean => {
  if (typeof value === "boolean") return value;
  throw invalidTemplate(`${what} takes true or false, not ${JSON.stringify(value) ?? "nothing"}`);
};

/** A value inside a text: texts as they are, the rest as JSON. */
const shown = (value: unknown): string => {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "True" : "False";
  return JSON.stringify(value) ?? "";
};

const lengthOf = (value: unknown): number => {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  if (isJsonObject(value)) return Object.keys(value).length;
  throw invalidTemplate("length() takes a text, an array or an object");
};

const isEmpty = (value: unknown): boolean => value === null || value === undefined || lengthOf(value) === 0;

function concat(given: readonly unknown[]): unknown {
  if (given.every((one) => Array.isArray(one))) return given.flat();
  return given
    .map((one) => {
      if (Array.isArray(one) || isJsonObject(one)) throw invalidTemplate("concat() takes texts, or arrays, not both");
      return shown(one);
    })
    .join("");
}

function format([pattern, ...values]: readonly unknown[]): string {
  return text(pattern, "format()").replaceAll(/\{\{|\}\}|\{(\d+)\}/g, (found, index?: string) => {
    if (index === undefined) return found.charAt(0);
    if (Number(index) >= values.length) throw invalidTemplate(`format() has no value for '${found}'`);
    return shown(values[Number(index)]);
  });
}

function contains([holder, wanted]: readonly unknown[]): boolean {
  if (typeof holder === "string") return holder.includes(shown(wanted));
  if (Array.isArray(holder)) return holder.some((one) => isDeepStrictEqual(one, wanted));
  if (isJsonObject(holder)) {
    const name = text(wanted, "contains()").toLowerCase();
    return Object.keys(holder).some((key) => key.toLowerCase() === name);
  }
  throw invalidTemplate("contains() takes a text, an array or an object");
}

function union(given: readonly unknown[]): unknown {
  if (given.every((one) => Array.isArray(one))) {
    return given.flat().filter((one, at, all) => all.findIndex((other) => isDeepStrictEqual(one, other)) === at);
  }
  if (given.every(isJsonObject)) return Object.fromEntries(given.flatMap((one) => Object.entries(one)));
  throw invalidTemplate("union() takes arrays, or objects, not both");
}

function createObject(given: readonly unknown[]): unknown {
  if (given.length % 2 === 1) throw invalidTemplate("createObject() takes names and values in turn");
  const entries: [string, unknown][] = [];
  for (let at = 0; at < given.length; at += 2) entries.push([text(given[at], "createObject()"), given[at + 1]]);
  return Object.fromEntries(entries);
}

function parseJson([source]: readonly unknown[]): unknown {
  try {
    return JSON.parse(text(source, "json()"));
  } catch {
    throw invalidTemplate("json() was given a text that is not JSON");
  }
}

function toBool([value]: readonly unknown[]): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value !== 0;
  const word = text(value, "bool()").toLowerCase();
  if (["true", "1"].includes(word)) return true;
  if (["false", "0"].includes(word)) return false;
  throw invalidTemplate(`bool() cannot read '${word}'`);
}

function toInt([value]: readonly unknown[]): number {
  const number = typeof value === "number" ? value : Number(text(value, "int()"));
  if (Number.isSafeInteger(number)) return number;
  throw invalidTemplate(`int() cannot read '${String(value)}'`);
}

function substring([source, start, count]: readonly unknown[]): string {
  const from = text(source, "substring()");
  const begin = whole(start, "substring()");
  const end = count === undefined ? from.length : begin + whole(count, "substring()");
  if (begin < 0 || end < begin || end > from.length) throw invalidTemplate("substring() reaches beyond the text");
  return from.slice(begin, end);
}

const split = ([source, by]: readonly unknown[]): string[] => {
  const separators = (Array.isArray(by) ? by : [by]).map((one) => text(one, "split()"));
  return separators.reduce((parts, one) => parts.flatMap((part) => part.split(one)), [text(source, "split()")]);
};

const elementsOf = (value: unknown, what: string): readonly unknown[] => {
  if (typeof value === "string") return [...value];
  if (Array.isArray(value)) return value;
  throw invalidTemplate(`${what} takes a text or an array`);
};

const compare = (given: readonly unknown[], what: string): number => {
  const [a, b] = given;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : Number(a > b);
  return whole(a, what) - whole(b, what);
};

export const functions: Readonly<Record<string, TemplateFunction>> = {
  concat,
  format,
  contains,
  union,
  createobject: createObject,
  createarray: (given) => [...given],
  array: ([value]) => (Array.isArray(value) ? value : [value]),
  json: parseJson,
  bool: toBool,
  int: toInt,
  string: ([value]) => (typeof value === "string" ? value : JSON.stringify(value)),
  base64: ([value]) => Buffer.from(text(value, "base64()")).toString("base64"),
  base64tostring: ([value]) => Buffer.from(text(value, "base64ToString()"), "base64").toString("utf8"),
  tolower: ([value]) => text(value, "toLower()").toLowerCase(),
  toupper: ([value]) => text(value, "toUpper()").toUpperCase(),
  trim: ([value]) => text(value, "trim()").trim(),
  replace: ([source, from, to]) =>
    text(source, "replace()").replaceAll(text(from, "replace()"), () => text(to, "replace()")),
  split,
  join: ([list, by]) => elementsOf(list, "join()").map(shown).join(text(by, "join()")),
  substring,
  startswith: ([source, part]) =>
    text(source, "startsWith()").toLowerCase().startsWith(text(part, "startsWith()").toLowerCase()),
  endswith: ([source, part]) =>
    text(source, "endsWith()").toLowerCase().endsWith(text(part, "endsWith()").toLowerCase()),
  length: ([value]) => lengthOf(value),
  empty: ([value]) => isEmpty(value),
  first: ([value]) => elementsOf(value, "first()").at(0) ?? null,
  last: ([value]) => elementsOf(value, "last()").at(-1) ?? null,
  coalesce: (given) => given.find((value) => value !== null && value !== undefined) ?? null,
  equals: ([a, b]) => isDeepStrictEqual(a, b),
  not: ([value]) => !truth(value, "not()"),
  and: (given) => given.every((value) => truth(value, "and()")),
  or: (given) => given.some((value) => truth(value, "or()")),
  add: ([a, b]) => whole(a, "add()") + whole(b, "add()"),
  sub: ([a, b]) => whole(a, "sub()") - whole(b, "sub()"),
  mul: ([a, b]) => whole(a, "mul()") * whole(b, "mul()"),
  less: (given) => compare(given, "less()") < 0,
  lessorequals: (given) => compare(given, "lessOrEquals()") <= 0,
  greater: (given) => compare(given, "greater()") > 0,
  greaterorequals: (given) => compare(given, "greaterOrEquals()") >= 0,
  true: () => true,
  false: () => false,
  null: () => null,
};
