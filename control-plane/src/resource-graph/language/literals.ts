/** What literals mean: escapes in texts, units of time, the typed forms such as `datetime(2026-01-31)`. */
import { queryError, quote } from "../query-error.ts";
import type { Literal, Place, ScalarType } from "./ast.ts";

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  v: "\v",
  a: "\x07",
  "0": "\0",
};

/** The text of a string literal: `'…'` and `"…"` with escapes, `@'…'` as it stands, `h'…'` as without the h. */
export function readText(image: string): string {
  const plain = image.replace(/^[hH]/, "");
  if (plain.startsWith("@")) {
    const quoteMark = plain.charAt(1);
    return plain.slice(2, -1).replaceAll(quoteMark + quoteMark, quoteMark);
  }
  return plain
    .slice(1, -1)
    .replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/g, (_, escaped: string) =>
      escaped.length > 1 ? String.fromCharCode(Number.parseInt(escaped.slice(1), 16)) : (escapes[escaped] ?? escaped),
    );
}

const second = 1000;
const units: readonly (readonly [RegExp, number])[] = [
  [/^d/, 24 * 3600 * second],
  [/^h/, 3600 * second],
  [/^(?:ms|milli)/, 1],
  [/^micro/, 0.001],
  [/^t/, 0.0001],
  [/^m/, 60 * second],
  [/^s/, second],
];

/** Milliseconds of `90s` or `1.5h`. */
export function readTimespan(image: string): number {
  const [, amount = "", unit = ""] = /^([\d.]+)([a-z]+)$/i.exec(image) ?? [];
  const [, factor = Number.NaN] = units.find(([pattern]) => pattern.test(unit)) ?? [];
  return Number(amount) * factor;
}

/** Milliseconds of a moment, as a query or a property spells it; null where it is none. Without a zone it is UTC. */
export function parseDatetime(text: string): number | null {
  const match =
    /^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(
      text.trim(),
    );
  if (!match) return null;
  const [, year, month, day = "1", hour = "0", minute = "00", seconds = "00", fraction = "0", zone = "Z"] = match;
  const two = (part: string | undefined): string => (part ?? "").padStart(2, "0");
  const offset = zone.toUpperCase() === "Z" ? "Z" : zone.replace(/^(.\d{2}):?(\d{2})$/, "$1:$2");
  const ms = Date.parse(
    `${year}-${two(month)}-${two(day)}T${two(hour)}:${minute}:${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}${offset}`,
  );
  return Number.isNaN(ms) ? null : ms;
}

/** Milliseconds of `d.hh:mm:ss.fff`, `hh:mm` or `90s`; null where it is neither. */
export function parseTimespan(text: string): number | null {
  const trimmed = text.trim();
  if (/^\d+(?:\.\d+)?[a-z]+$/i.test(trimmed)) {
    const ms = readTimespan(trimmed.toLowerCase());
    return Number.isNaN(ms) ? null : ms;
  }
  const match = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?$/.exec(trimmed);
  if (!match) return /^\d+$/.test(trimmed) ? Number(trimmed) * 24 * 3600 * second : null;
  const [, minus, days = "0", hours = "0", minutes = "0", seconds = "0", fraction = "0"] = match;
  const ms =
    ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 * second +
    Number(seconds) * second +
    Number(`0.${fraction}`) * second;
  return minus === undefined ? ms : -ms;
}

const typeWords: Readonly<Record<string, ScalarType>> = {
  string: "string",
  guid: "string",
  int: "long",
  long: "long",
  real: "real",
  double: "real",
  decimal: "real",
  bool: "bool",
  boolean: "bool",
  datetime: "datetime",
  date: "datetime",
  timespan: "timespan",
  time: "timespan",
  dynamic: "dynamic",
};

/** The type that a word names. */
export function readType(word: string, at: Place): ScalarType {
  const type = typeWords[word.toLowerCase()];
  if (type !== undefined) return type;
  throw queryError("ParserFailure", `${quote(word)} is no type. Types are: ${Object.keys(typeWords).join(", ")}.`, at);
}

/** `datetime(2026-01-31)`, `int(null)`, `timespan(1.00:00:00)`. */
export function readTypedLiteral(image: string, at: Place): Literal {
  const [, word = "", inside = ""] = /^(\w+)\s*\(\s*([\s\S]*?)\s*\)$/.exec(image) ?? [];
  const type = readType(word, at);
  const text = inside.replace(/^(['"])(.*)\1$/s, "$2");
  if (type === "string") return { type, value: text };
  if (text.toLowerCase() === "null") return type === "dynamic" ? { type, value: null } : { type, value: null };
  const literal = readAs(type, text);
  if (literal !== undefined) return literal;
  throw queryError(
    "ParserFailure",
    `${quote(image)} is no ${type}. A value that is worked out is converted with ${conversions[type]}().`,
    at,
  );
}

/** The function that makes a value of a type. */
export const conversions: Readonly<Record<ScalarType, string>> = {
  string: "tostring",
  long: "tolong",
  real: "todouble",
  bool: "tobool",
  datetime: "todatetime",
  timespan: "totimespan",
  dynamic: "parse_json",
};

function readAs(type: ScalarType, text: string): Literal | undefined {
  switch (type) {
    case "long":
    case "real": {
      const value = text === "" ? Number.NaN : Number(text);
      return Number.isFinite(value) ? { type, value: type === "long" ? Math.trunc(value) : value } : undefined;
    }
    case "bool":
      return /^(?:true|false|0|1)$/i.test(text) ? { type, value: /^(?:true|1)$/i.test(text) } : undefined;
    case "datetime": {
      const value = parseDatetime(text);
      return value === null ? undefined : { type, value };
    }
    case "timespan": {
      const value = parseTimespan(text);
      return value === null ? undefined : { type, value };
    }
    default:
      return undefined;
  }
}
