/** What binding a query needs to know, and how the parts of it ask for each other. */
import type { Expression, NamedExpression, Pipeline, Place, ScalarType } from "../language/ast.ts";
import { queryError } from "../query-error.ts";
import { bindExpression } from "./bind-expression.ts";
import { type Bound, expect, type Surroundings } from "./bound.ts";
import { type Column, freeName } from "./scope.ts";
import type { Row, Stream } from "./stream.ts";
import type { Tables } from "./tables.ts";
import { sizeOf } from "./values.ts";

/** Where one `let` may use another, both are bound anew; this ends what would double with each. */
const maxOperators = 300;

export interface Plan extends Surroundings {
  readonly tables: Tables;
  readonly constants: ReadonlyMap<string, Bound>;
  /** What `let` gave names to, as it was known there. */
  readonly pipelines: ReadonlyMap<string, { readonly pipeline: Pipeline; readonly plan: Plan }>;
  readonly size: { operators: number };
}

export function countOperator({ size }: Plan, at: Place): void {
  size.operators++;
  if (size.operators > maxOperators) {
    throw queryError(
      "QueryLimitExceeded",
      `The query consists of more than ${maxOperators} steps, those of 'let' included.`,
      at,
    );
  }
}

export const bindOver = (expression: Expression, columns: readonly Column[], plan: Plan): Bound =>
  bindExpression(expression, { columns, constants: plan.constants, budget: plan.budget, nowMs: plan.nowMs });

/** A number that does not depend on a row, such as that of `take`. */
export function bindCount(expression: Expression, plan: Plan, what: string): number {
  const bound = expect(bindOver(expression, [], plan), ["long"], what);
  const value = bound.evaluate([]);
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw queryError("SemanticError", `${what} must be a whole number from 0 on.`, expression.at);
}

export interface BoundColumn {
  readonly column: Column;
  readonly bound: Bound;
}

/** Expressions with the names that their columns get. */
export function bindColumns(
  expressions: readonly NamedExpression[],
  columns: readonly Column[],
  plan: Plan,
): BoundColumn[] {
  const made: BoundColumn[] = [];
  for (const { name, expression } of expressions) {
    const bound = bindOver(expression, columns, plan);
    const wanted = name ?? bound.name ?? `Column${made.length + 1}`;
    made.push({
      bound,
      column: {
        name: freeName(
          wanted,
          made.map(({ column }) => column),
        ),
        type: bound.type,
      },
    });
  }
  return made;
}

/** The columns with some added; one that has the name of another takes its place. `places` says where each added one is. */
export function addColumns(
  columns: readonly Column[],
  added: readonly { readonly name: string; readonly type: ScalarType }[],
): { readonly columns: readonly Column[]; readonly places: readonly number[] } {
  const all: Column[] = [...columns];
  const places = added.map((column) => {
    const index = all.findIndex(({ name }) => name === column.name);
    if (index === -1) return all.push(column) - 1;
    all[index] = column;
    return index;
  });
  return { columns: all, places };
}

export const sizeOfRow = (row: Row): number =>
  row.cells.reduce<number>((sum, cell) => sum + sizeOf(cell), 64 + row.key.length);

/** The same rows with other columns; what decided about order and paging stays. */
export const withColumns = (stream: Stream, columns: readonly Column[], rows: Stream["rows"]): Stream => ({
  columns,
  ordering: stream.ordering,
  beginAfter: stream.beginAfter,
  rows,
});
