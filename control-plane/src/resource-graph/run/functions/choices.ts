/** Functions that choose among values, and those that say whether there is one. */
import type { ScalarType } from "../../language/ast.ts";
import { queryError } from "../../query-error.ts";
import { as, type Bound, commonType, expect } from "../bound.ts";
import { compareValues, nothingOf } from "../values.ts";
import { bool, type FunctionOf, many, parameter, plain } from "./function-of.ts";

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

export const choices: Readonly<Record<string, FunctionOf>> = {
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
  min_of: extreme(-1),
  max_of: extreme(1),
};
