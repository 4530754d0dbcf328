/** Bodies that are almost right, and bodies that are made to hurt. */
import fc from "fast-check";

const deep = (depth: number, open: string, close: string): string => `${open.repeat(depth)}1${close.repeat(depth)}`;

/** Values that programs tend to stumble over, wherever they stand. */
export const hostileValues: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  2 ** 53,
  1e308,
  "",
  " ",
  "\u0000",
  "\ud800",
  "\u202eabc",
  "𝒳".repeat(40),
  "\r\nset-cookie: a=b",
  "../../../etc/passwd",
  "'; drop table resources; --",
  "%s%n{{7*7}}",
  "__proto__",
  "x".repeat(70_000),
  "-".repeat(5000),
  [],
  {},
  [[[[[[[[[[[[]]]]]]]]]]]],
  Array.from({ length: 3000 }, (_, index) => index),
  Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`key${index}`, "v"])),
];

const hostileKeys = ["__proto__", "constructor", "toString", "", "\u0000", "a.b", "*", "ö", "x".repeat(600)];

type Step = "replace" | "remove" | "add" | "repeat";
const steps: readonly Step[] = ["replace", "replace", "remove", "add", "repeat"];

/** A change of one place in a JSON value. */
export interface Mutation {
  readonly at: number;
  readonly step: Step;
  readonly value: unknown;
  readonly key: string;
}

export const mutationArbitrary: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(),
  step: fc.constantFrom(...steps),
  value: fc.constantFrom(...hostileValues),
  key: fc.constantFrom(...hostileKeys),
});

interface Holder {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
}

export function mutate(original: unknown, { at, step, value, key }: Mutation): unknown {
  const root = { body: structuredClone(original) };
  const places = placesOf(root, "body");
  const place = places[at % places.length];
  if (place === undefined) return original;
  const current: unknown = Reflect.get(place.holder, place.key);
  if (step === "remove") Reflect.deleteProperty(place.holder, place.key);
  else if (step === "repeat") Reflect.set(place.holder, place.key, [current, current]);
  else if (step === "add" && typeof current === "object" && current !== null) {
    // Defined, because plain assignment of __proto__ would not make a member.
    Object.defineProperty(current, key, { value, enumerable: true, configurable: true, writable: true });
  } else Reflect.set(place.holder, place.key, value);
  return root.body;
}

function placesOf(holder: Holder["holder"], key: string): Holder[] {
  const value: unknown = Reflect.get(holder, key);
  const inside =
    typeof value === "object" && value !== null
      ? Object.keys(value).flatMap((one) => placesOf(value as Record<string, unknown>, one))
      : [];
  return [{ holder, key }, ...inside];
}

/** Texts that are no JSON, or JSON of a kind that nobody means. */
export const hostileTexts: readonly string[] = [
  "",
  " ",
  "null",
  "[]",
  '"text"',
  "0",
  "NaN",
  "{",
  '{"location":',
  '{"a":1,}',
  "{'a':1}",
  '{"a":1}{"a":2}',
  '{"a":1,"a":2}',
  '\ufeff{"location":"westeurope"}',
  '{"location":"west\u0000europe"}',
  '{"location":"westeurope","properties":{"agentPublicKeyCertificate":"\\ud800"}}',
  '{"location":"westeurope","properties":{"agentPublicKeyCertificate":"\\u0000"}}',
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  '{"a":1e400,"b":-0,"c":123456789012345678901234567890}',
  deep(63, "[", "]"),
  deep(100, '{"a":', "}"),
  deep(100_000, "[", "]"),
  deep(50_000, '{"a":', "}"),
  "<cluster/>",
  "a=b&c=d",
  `{"properties":"${"x".repeat(2_000_000)}"}`,
];
