/** An expression whose names and types are known: ready to be worked out for row after row. */
import type { Place, ScalarType } from "../language/ast.ts";
import { conversions } from "../language/literals.ts";
import { queryError } from "../query-error.ts";
import type { Budget } from "./budget.ts";
import { convert, type Value } from "./values.ts";

/** The values of one row, in the order of the columns. */
export type Cells = readonly Value[];

export interface Bound {
  readonly type: ScalarType;
  readonly at: Place;
  /** The same for every row. */
  readonly isConstant: boolean;
  /** What a column that holds this is called unless the query says so. */
  readonly name?: string | undefined;
  evaluate(cells: Cells): Value;
}

/** What working out may use besides the row. */
export interface Surroundings {
  readonly budget: Budget;
  /** The moment that `now()` stands for: one for the whole query. */
  readonly nowMs: number;
}

/** The same expression as another type. */
export function as(bound: Bound, type: ScalarType): Bound {
  if (bound.type === type) return bound;
  return { ...bound, type, evaluate: (cells) => convert(bound.evaluate(cells), bound.type, type) };
}

/** The expression as one of the types: `dynamic` becomes whatever is wanted, whole numbers become real ones, nothing else changes. */
export function expect(bound: Bound, types: readonly ScalarType[], what: string): Bound {
  if (types.includes(bound.type)) return bound;
  const [wanted = "string"] = types;
  if (bound.type === "dynamic") return as(bound, wanted);
  if (bound.type === "long" && types.includes("real")) return as(bound, "real");
  throw queryError(
    "SemanticError",
    `${what} must be of type ${types.join(" or ")}, and this is of type ${bound.type}. Convert it with ${conversions[wanted]}().`,
    bound.at,
  );
}

/** The one type that several expressions can have together; undefined when there is none. */
export function commonType(types: readonly ScalarType[]): ScalarType | undefined {
  const kinds = new Set(types);
  if (kinds.size === 1) return types[0];
  if (kinds.size === 2 && kinds.has("long") && kinds.has("real")) return "real";
  kinds.delete("dynamic");
  return kinds.size < types.length && kinds.size <= 1 ? [...kinds][0] : undefined;
}

export const constant = (type: ScalarType, value: Value, at: Place): Bound => ({
  type,
  at,
  isConstant: true,
  evaluate: () => value,
});

/** The value of an expression that may not depend on the row. */
export function constantOf(bound: Bound, what: string): Value {
  if (bound.isConstant) return bound.evaluate([]);
  throw queryError(
    "SemanticError",
    `${what} must be the same for every row: a literal, or a name from 'let'.`,
    bound.at,
  );
}

/** Refuses a call with too few or too many parameters. */
export function checkCount(name: string, given: number, [least, most]: readonly [number, number], at: Place): void {
  if (given >= least && given <= most) return;
  const wanted = least === most ? `${least}` : `${least} to ${most}`;
  throw queryError("SemanticError", `${name}() takes ${wanted} parameters, and ${given} are given.`, at);
}
