/** The functions of the language: a table from their names to how a call of each is bound. Names are taken in any case. */
import type { Expression, ExpressionOf, Json, ScalarType } from "../language/ast.ts";
import { readType } from "../language/literals.ts";
import { queryError, quote } from "../query-error.ts";
import { as, type Bound, checkCount, commonType, constant, constantOf, expect, type Surroundings } from "./bound.ts";
import { compileRegex } from "./regex.ts";
import {
  compareValues,
  identityOf,
  isList,
  isMembers,
  nothingOf,
  sizeOf,
  toJson,
  toText,
  type Value,
} from "./values.ts";

export interface Call extends Surroundings {
  readonly call: ExpressionOf<"call">;
  readonly parameters: readonly Bound[];
}

interface FunctionOf {
  /** The fewest and the most parameters. */
  readonly count: readonly [number, number];
  bind(call: Call): Omit<Bound, "at" | "isConstant"> & { readonly isConstant?: boolean };
}

const many = 64;
const bool = (evaluate: Bound["evaluate"]) => ({ type: "bool" as const, evaluate });

/** A function of parameters that each have a type. What is null makes the result null, for what is no text. */
function plain(
  types: readonly ScalarType[],
  result: ScalarType,
  compute: (values: Value[], call: Call) => Value,
  optional = 0,
): FunctionOf {
  return {
    count: [types.length - optional, types.length],
    bind(call) {
      const parameters = call.parameters.map((each, index) => {
        const type = types[index] ?? "dynamic";
        return expect(each, [type], `Parameter ${index + 1} of ${call.call.name}()`);
      });
      return {
        type: result,
        evaluate(cells) {
          const values = parameters.map((each) => each.evaluate(cells));
          return values.some((value, index) => value === null && types[index] !== "dynamic")
            ? nothingOf(result)
            : compute(values, call);
        },
      };
    },
  };
}

const text = (value: Value | undefined): string => (typeof value === "string" ? value : "");
const number = (value: Value | undefined): number => (typeof value === "number" ? value : 0);

/** A conversion: its column is called like what is converted. */
const conversion = (type: ScalarType): FunctionOf => ({
  count: [1, 1],
  bind: ({ parameters: [value] }) => {
    const converted = as(parameter(value), type);
    return { type, name: converted.name, evaluate: converted.evaluate };
  },
});

function parameter(bound: Bound | undefined): Bound {
  if (bound === undefined) throw new TypeError("A function was bound with too few parameters");
  return bound;
}

const rounded = (type: ScalarType, round: (value: number, step: number) => number): FunctionOf => ({
  count: type === "real" ? [1, 1] : [2, 2],
  bind: ({ parameters: [first, second], call }) => {
    const value = expect(parameter(first), ["real", "long", "datetime", "timespan"], `Parameter 1 of ${call.name}()`);
    const isTime = value.type === "datetime" || value.type === "timespan";
    const step = second && expect(second, isTime ? ["timespan"] : ["real", "long"], `Parameter 2 of ${call.name}()`);
    return {
      type: isTime || step === undefined || step.type === value.type ? value.type : "real",
      name: value.name,
      evaluate(cells) {
        const [one, size] = [value.evaluate(cells), step ? step.evaluate(cells) : 1];
        if (typeof one !== "number" || typeof size !== "number" || size === 0) return null;
        return round(one, size);
      },
    };
  },
});

/** The branches of a choice as one type. */
function branches(bounds: readonly Bound[], name: string): { type: ScalarType; bounds: Bound[] } {
  const types = bounds.map(({ type }) => type);
  const type = types.includes("dynamic") ? "dynamic" : commonType(types);
  if (type !== undefined) return { type, bounds: bounds.map((each) => as(each, type)) };
  const odd = bounds.find((each) => each.type !== types[0]);
  throw queryError(
    "SemanticError",
    `The results of ${name}() must have one type, and they have ${[...new Set(types)].join(", ")}.`,
    odd?.at,
  );
}

const choice: FunctionOf["bind"] = ({ parameters, call }) => {
  if (parameters.length % 2 === 0) {
    throw queryError(
      "SemanticError",
      `${call.name}() ends with what holds when nothing else does; that is missing.`,
      call.at,
    );
  }
  const conditions = parameters
    .filter((_, index) => index % 2 === 0 && index < parameters.length - 1)
    .map((each) => expect(each, ["bool"], `A condition of ${call.name}()`));
  const { type, bounds } = branches(
    parameters.filter((_, index) => index % 2 === 1 || index === parameters.length - 1),
    call.name,
  );
  return {
    type,
    evaluate(cells) {
      const found = conditions.findIndex((condition) => condition.evaluate(cells) === true);
      return bounds.at(found === -1 ? -1 : found)?.evaluate(cells) ?? nothingOf(type);
    },
  };
};

const emptiness = (isWanted: boolean): FunctionOf => ({
  count: [1, 1],
  bind: ({ parameters: [value] }) => {
    const content = as(parameter(value), "string");
    return bool((cells) => (content.evaluate(cells) === "") === isWanted);
  },
});

const nullness = (isWanted: boolean): FunctionOf => ({
  count: [1, 1],
  bind: ({ parameters: [value] }) => {
    const { evaluate } = parameter(value);
    return bool((cells) => (evaluate(cells) === null) === isWanted);
  },
});

/** A pattern, then the text that it is held against. */
const trimming = (wrap: (pattern: string) => readonly string[]): FunctionOf => ({
  count: [2, 2],
  bind: ({ parameters: [first, second], call, budget }) => {
    const pattern = text(constantOf(expect(parameter(first), ["string"], "The pattern"), "The pattern"));
    const regexes = wrap(pattern).map((source) => compileRegex(source, parameter(first).at, budget));
    const subject = expect(parameter(second), ["string"], `Parameter 2 of ${call.name}()`);
    return {
      type: "string",
      evaluate: (cells) => regexes.reduce((rest, regex) => regex.replace(rest, ""), text(subject.evaluate(cells))),
    };
  },
});
const leading = (pattern: string): string => `\\A(?:${pattern})`;
const trailing = (pattern: string): string => `(?:${pattern})\\z`;
const repeated = (pattern: string): string => `(?:${pattern})+`;

/** `typeof(long)` as a parameter. */
export function typeParameter(expression: Expression | undefined): ScalarType | undefined {
  if (expression?.kind !== "call" || expression.name.toLowerCase() !== "typeof") return undefined;
  const [type] = expression.parameters;
  return type?.kind === "name" ? readType(type.name, type.at) : undefined;
}

/** The deepest JSON that is read: deeper than any resource. */
const maxJsonDepth = 64;

function parseJson(value: Value): Json {
  if (typeof value !== "string") return value;
  try {
    const parsed: Json = JSON.parse(value);
    return depthOf(parsed) > maxJsonDepth ? value : parsed;
  } catch {
    return value;
  }
}

/** Walks with a list of its own, because the depth is what is in question. */
function depthOf(value: Json): number {
  let level: Json[] = [value];
  for (let depth = 0; ; depth++) {
    if (level.length === 0 || depth > maxJsonDepth) return depth;
    level = level.flatMap((each) => (isList(each) ? each : isMembers(each) ? Object.values(each) : []));
  }
}

const packed = (make: (values: readonly Json[]) => Json): FunctionOf => ({
  count: [0, many],
  bind: ({ parameters, budget }) => ({
    type: "dynamic",
    evaluate(cells) {
      const made = make(parameters.map((each) => toJson(each.evaluate(cells), each.type)));
      budget.text(sizeOf(made));
      return made;
    },
  }),
});

const extreme = (wanted: 1 | -1): FunctionOf => ({
  count: [2, many],
  bind: ({ parameters, call }) => {
    const { type, bounds } = branches(parameters, call.name);
    return {
      type,
      evaluate: (cells) =>
        bounds
          .map((each) => each.evaluate(cells))
          .reduce((best, each) => {
            if (each === null || best === null) return best ?? each;
            return Math.sign(compareValues(each, best)) === wanted ? each : best;
          }),
    };
  },
});

const unitsMs: Readonly<Record<string, number>> = {
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
};

const functions: Readonly<Record<string, FunctionOf>> = {
  // Conversions
  tostring: conversion("string"),
  toint: conversion("long"),
  tolong: conversion("long"),
  todouble: conversion("real"),
  toreal: conversion("real"),
  tobool: conversion("bool"),
  toboolean: conversion("bool"),
  todatetime: conversion("datetime"),
  totimespan: conversion("timespan"),
  parse_json: {
    count: [1, 1],
    bind: ({ parameters: [value] }) => {
      const { evaluate, name } = as(parameter(value), "dynamic");
      return { type: "dynamic", name, evaluate: (cells) => parseJson(evaluate(cells)) };
    },
  },

  // Choices
  not: plain(["bool"], "bool", ([value]) => !value),
  iff: { count: [3, 3], bind: choice },
  case: { count: [3, many], bind: choice },
  coalesce: {
    count: [1, many],
    bind: ({ parameters, call }) => {
      const { type, bounds } = branches(parameters, call.name);
      return {
        type,
        evaluate(cells) {
          for (const each of bounds) {
            const value = each.evaluate(cells);
            if (value !== null && value !== "") return value;
          }
          return nothingOf(type);
        },
      };
    },
  },
  isnull: nullness(true),
  isnotnull: nullness(false),
  isempty: emptiness(true),
  isnotempty: emptiness(false),

  // Texts
  tolower: plain(["string"], "string", ([value]) => text(value).toLowerCase()),
  toupper: plain(["string"], "string", ([value]) => text(value).toUpperCase()),
  strlen: plain(["string"], "long", ([value]) => text(value).length),
  substring: plain(
    ["string", "long", "long"],
    "string",
    ([value, start, length]) => {
      const begin = Math.max(0, number(start));
      return text(value).slice(begin, length === undefined ? undefined : begin + Math.max(0, number(length)));
    },
    1,
  ),
  indexof: plain(["string", "string"], "long", ([value, wanted]) => text(value).indexOf(text(wanted))),
  strcat: {
    count: [1, many],
    bind: ({ parameters, budget }) => {
      const parts = parameters.map((each) => as(each, "string"));
      return {
        type: "string",
        evaluate(cells) {
          const whole = parts.map((each) => text(each.evaluate(cells))).join("");
          budget.text(whole.length);
          return whole;
        },
      };
    },
  },
  strcat_array: plain(["dynamic", "string"], "string", ([list = null, delimiter], { budget }) => {
    const whole = isList(list) ? list.map((each) => toText(each, "dynamic")).join(text(delimiter)) : "";
    budget.text(whole.length);
    return whole;
  }),
  split: plain(
    ["string", "string", "long"],
    "dynamic",
    ([value, delimiter, index], { budget }) => {
      budget.work(text(value).length);
      const parts = text(value).split(text(delimiter));
      if (index === undefined) return parts;
      const one = parts.at(number(index));
      return one === undefined ? [] : [one];
    },
    1,
  ),
  replace_string: plain(["string", "string", "string"], "string", ([value, wanted, replacement], { budget }) => {
    if (wanted === "") return text(value);
    const pieces = text(value).split(text(wanted));
    budget.text(text(value).length + pieces.length * text(replacement).length);
    return pieces.join(text(replacement));
  }),
  replace_regex: {
    count: [3, 3],
    bind: ({ parameters: [first, second, third], budget }) => {
      const subject = expect(parameter(first), ["string"], "The text");
      const pattern = text(constantOf(expect(parameter(second), ["string"], "The pattern"), "The pattern"));
      const regex = compileRegex(pattern, parameter(second).at, budget);
      const replacement = expect(parameter(third), ["string"], "The replacement");
      return {
        type: "string",
        evaluate: (cells) => regex.replace(text(subject.evaluate(cells)), text(replacement.evaluate(cells))),
      };
    },
  },
  trim: trimming((pattern) => [leading(repeated(pattern)), trailing(repeated(pattern))]),
  trim_start: trimming((pattern) => [leading(pattern)]),
  trim_end: trimming((pattern) => [trailing(pattern)]),
  extract: {
    count: [3, 4],
    bind: ({ parameters: [first, second, third], call, budget }) => {
      const pattern = text(constantOf(expect(parameter(first), ["string"], "The pattern"), "The pattern"));
      const regex = compileRegex(pattern, parameter(first).at, budget);
      const group = number(constantOf(expect(parameter(second), ["long"], "The group"), "The group"));
      const subject = expect(parameter(third), ["string"], "The text");
      const found: Bound = {
        ...subject,
        evaluate: (cells) => regex.group(text(subject.evaluate(cells)), group) ?? "",
      };
      const type = typeParameter(call.parameters[3]) ?? "string";
      return { type, evaluate: as(found, type).evaluate };
    },
  },

  // JSON
  array_length: plain(["dynamic"], "long", ([list]) =>
    isList(list ?? null) ? (list as readonly Json[]).length : null,
  ),
  array_concat: packed((values) => values.filter(isList).flat()),
  array_index_of: {
    count: [2, 2],
    bind: ({ parameters: [first, second] }) => {
      const list = expect(parameter(first), ["dynamic"], "The list");
      const wanted = as(parameter(second), "dynamic");
      return {
        type: "long",
        evaluate(cells) {
          const [values, one] = [list.evaluate(cells), identityOf(wanted.evaluate(cells))];
          return isList(values) ? values.findIndex((each) => identityOf(each) === one) : null;
        },
      };
    },
  },
  set_has_element: {
    count: [2, 2],
    bind: ({ parameters: [first, second] }) => {
      const list = expect(parameter(first), ["dynamic"], "The list");
      const wanted = as(parameter(second), "dynamic");
      return bool((cells) => {
        const [values, one] = [list.evaluate(cells), identityOf(wanted.evaluate(cells))];
        return isList(values) && values.some((each) => identityOf(each) === one);
      });
    },
  },
  bag_keys: plain(["dynamic"], "dynamic", ([bag = null]) => (isMembers(bag) ? Object.keys(bag) : null)),
  bag_has_key: plain(
    ["dynamic", "string"],
    "bool",
    ([bag = null, key]) => isMembers(bag) && Object.hasOwn(bag, text(key)),
  ),
  bag_pack: packed((values) =>
    Object.fromEntries(
      values.flatMap((key, index) =>
        index % 2 === 0 ? [[toText(key, "dynamic"), values[index + 1] ?? null] as const] : [],
      ),
    ),
  ),
  bag_merge: packed((values) => Object.fromEntries(values.filter(isMembers).reverse().flatMap(Object.entries))),
  pack_array: packed((values) => [...values]),

  // Numbers and time
  abs: plain(["real"], "real", ([value]) => Math.abs(number(value))),
  ceiling: rounded("real", Math.ceil),
  round: plain(
    ["real", "long"],
    "real",
    ([value, digits]) => {
      const factor = 10 ** number(digits);
      return Math.round(number(value) * factor) / factor;
    },
    1,
  ),
  bin: rounded("long", (value, step) => Math.floor(value / step) * step),
  min_of: extreme(-1),
  max_of: extreme(1),
  now: {
    count: [0, 1],
    bind: ({ parameters: [offset], nowMs }) => {
      const span = offset && expect(offset, ["timespan"], "The offset");
      return { type: "datetime", isConstant: true, evaluate: (cells) => nowMs + number(span?.evaluate(cells)) };
    },
  },
  ago: {
    count: [1, 1],
    bind: ({ parameters: [offset], nowMs }) => {
      const span = expect(parameter(offset), ["timespan"], "What ago() goes back");
      return {
        type: "datetime",
        evaluate(cells) {
          const ms = span.evaluate(cells);
          return typeof ms === "number" ? nowMs - ms : null;
        },
      };
    },
  },
  datetime_diff: plain(["string", "datetime", "datetime"], "long", ([unit, later, earlier], { call }) => {
    const unitMs = unitsMs[text(unit).toLowerCase()];
    if (unitMs !== undefined) return Math.floor(number(later) / unitMs) - Math.floor(number(earlier) / unitMs);
    throw queryError(
      "SemanticError",
      `datetime_diff() counts in ${Object.keys(unitsMs).join(", ")}, not in ${quote(text(unit))}.`,
      call.at,
    );
  }),
  startofday: plain(["datetime"], "datetime", ([value]) => Math.floor(number(value) / 86_400_000) * 86_400_000),
};

/** Other names of the same. */
const synonyms: Readonly<Record<string, string>> = {
  iif: "iff",
  floor: "bin",
  todynamic: "parse_json",
  toobject: "parse_json",
  parsejson: "parse_json",
  notempty: "isnotempty",
  notnull: "isnotnull",
  pack: "bag_pack",
  pack_dictionary: "bag_pack",
};

export const functionNames: readonly string[] = [...Object.keys(functions), ...Object.keys(synonyms)].sort();

export function bindCall(call: Call): Bound {
  const { name, at } = call.call;
  const key = name.toLowerCase();
  const known = synonyms[key] ?? key;
  const found = Object.hasOwn(functions, known) ? functions[known] : undefined;
  if (found === undefined) {
    throw queryError(
      "ParserFailure",
      `The function ${quote(name)}() is not supported. Supported are: ${functionNames.join(", ")}.`,
      at,
    );
  }
  checkCount(name, call.parameters.length, found.count, at);
  const isConstant = call.parameters.every((each) => each.isConstant);
  const bound = { isConstant, ...found.bind(call), at };
  // Worked out once; an error shows where the query is read, not in its first row.
  return bound.isConstant ? { ...constant(bound.type, bound.evaluate([]), at), name: bound.name } : bound;
}
