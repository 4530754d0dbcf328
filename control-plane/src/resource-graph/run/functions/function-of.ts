/** What a function of the language is to this program, and the most frequent ways to make one. */
import type { ExpressionOf, ScalarType } from "../../language/ast.ts";
import { type Bound, expect, type Surroundings } from "../bound.ts";
import { nothingOf, type Value } from "../values.ts";

export interface Call extends Surroundings {
  readonly call: ExpressionOf<"call">;
  readonly parameters: readonly Bound[];
}

export interface FunctionOf {
  /** The fewest and the most parameters. */
  readonly count: readonly [number, number];
  bind(call: Call): Omit<Bound, "at" | "isConstant"> & { readonly isConstant?: boolean };
}

/** As many parameters as anybody writes. */
export const many = 64;

/** A function of parameters that each have a type. What is null makes the result null, for what is no text. */
export function plain(
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

export function parameter(bound: Bound | undefined): Bound {
  if (bound === undefined) throw new TypeError("A function was bound with too few parameters");
  return bound;
}

export const bool = (evaluate: Bound["evaluate"]) => ({ type: "bool" as const, evaluate });
export const text = (value: Value | undefined): string => (typeof value === "string" ? value : "");
export const number = (value: Value | undefined): number => (typeof value === "number" ? value : 0);
