/** `sort`, `top`, `take` and `count`. */
import type { OperatorOf, SortKey } from "../language/ast.ts";
import { bindCount, bindOver, type Plan, sizeOfRow } from "./plan.ts";
import { compareRows, eachRow, firstRows, forEachRow, inBatches, type Row, type Stream, sortRows } from "./stream.ts";

function sorted(stream: Stream, keys: readonly SortKey[], plan: Plan) {
  const bounds = keys.map(({ expression }) => bindOver(expression, stream.columns, plan));
  const ordering = keys.map(({ descending, nullsFirst }) => ({ descending, nullsFirst }));
  const rows = () =>
    eachRow(stream.rows(), plan.budget, (row) => ({
      ...row,
      order: bounds.map((bound) => bound.evaluate(row.cells)),
    }));
  return { ordering, rows, compare: compareRows(ordering) };
}

export function sort(stream: Stream, { keys }: OperatorOf<"sort">, plan: Plan): Stream {
  const { ordering, rows, compare } = sorted(stream, keys, plan);
  return {
    columns: stream.columns,
    ordering,
    async *rows() {
      const all: Row[] = [];
      await forEachRow(rows(), plan.budget, (row) => {
        plan.budget.hold(sizeOfRow(row));
        all.push(row);
      });
      yield* inBatches(await sortRows(all, compare, plan.budget), plan.budget);
    },
  };
}

export function top(stream: Stream, { count, keys }: OperatorOf<"top">, plan: Plan): Stream {
  const most = bindCount(count, plan, "The number of 'top'");
  const { ordering, rows, compare } = sorted(stream, keys, plan);
  return {
    columns: stream.columns,
    ordering,
    async *rows() {
      const first = await firstRows(rows(), most, compare, plan.budget, (row) => plan.budget.hold(sizeOfRow(row)));
      yield* inBatches(first, plan.budget);
    },
  };
}

export function take(stream: Stream, { count }: OperatorOf<"take">, plan: Plan): Stream {
  const most = bindCount(count, plan, "The number of 'take'");
  return {
    columns: stream.columns,
    ordering: stream.ordering,
    async *rows() {
      let left = most;
      if (left === 0) return;
      for await (const batch of stream.rows()) {
        yield batch.slice(0, left);
        left -= batch.length;
        if (left <= 0) return;
      }
    },
  };
}

export function count(stream: Stream, plan: Plan): Stream {
  return {
    columns: [{ name: "Count", type: "long" }],
    async *rows() {
      let rows = 0;
      await forEachRow(stream.rows(), plan.budget, () => {
        rows++;
      });
      yield [{ key: "count", cells: [rows] }];
    },
  };
}
