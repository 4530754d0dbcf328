/** `mv-expand`: a row for each value of a list, or for each member of a bag. */
import type { Json, OperatorOf } from "../language/ast.ts";
import { expect } from "./bound.ts";
import { addColumns, bindColumns, type Plan } from "./plan.ts";
import { replaced } from "./row-operators.ts";
import type { Column } from "./scope.ts";
import { eachRow, type Row, type Stream } from "./stream.ts";
import { convert, isList, isMembers, type Value } from "./values.ts";

export function expand(stream: Stream, operator: OperatorOf<"mv-expand">, plan: Plan): Stream {
  const { indexName, limit = Number.POSITIVE_INFINITY } = operator;
  const bounds = bindColumns(operator.columns, stream.columns, plan).map(({ bound, column }, index) => ({
    list: expect(bound, ["dynamic"], "What mv-expand takes apart"),
    column: { name: column.name, type: operator.columns[index]?.type ?? "dynamic" } satisfies Column,
  }));
  const indexColumn: Column[] = indexName === undefined ? [] : [{ name: indexName, type: "long" }];
  const { columns, places } = addColumns(stream.columns, [...bounds.map(({ column }) => column), ...indexColumn]);

  const rowsOf = (row: Row): readonly Row[] => {
    const lists = bounds.map(({ list }) => valuesOf(list.evaluate(row.cells)));
    const length = Math.min(limit, Math.max(...lists.map((list) => list.length)));
    return Array.from({ length }, (_, index) => {
      plan.budget.row();
      const values = bounds.map(({ column }, at) => convert(lists[at]?.[index] ?? null, "dynamic", column.type));
      return {
        ...row,
        key: `${row.key}\u0000${String(index).padStart(8, "0")}`,
        cells: replaced(row.cells, places, indexName === undefined ? values : [...values, index]),
      };
    });
  };
  return { columns, ordering: stream.ordering, rows: () => eachRow(stream.rows(), plan.budget, rowsOf) };
}

/** What there is nothing of still makes one row, so that no row is lost on the way. */
function valuesOf(value: Value): readonly Json[] {
  if (isList(value)) return value.length === 0 ? [null] : value;
  if (!isMembers(value)) return [value];
  const members = Object.entries(value).map(([name, each]) => ({ [name]: each }));
  return members.length === 0 ? [null] : members;
}
