/** `summarize` and `distinct`: one row for each group. */
import type { NamedExpression, OperatorOf } from "../language/ast.ts";
import { queryError } from "../query-error.ts";
import { type Aggregate, bindAggregate, type Gathering } from "./aggregates.ts";
import { bindColumns, bindOver, type Plan } from "./plan.ts";
import { type Column, freeName } from "./scope.ts";
import { eachRow, forEachRow, inBatches, type Row, type Stream } from "./stream.ts";
import { identityOf, type Value } from "./values.ts";

interface Group {
  readonly values: readonly Value[];
  readonly gatherings: readonly Gathering[];
}

export function summarize(stream: Stream, operator: OperatorOf<"summarize">, plan: Plan): Stream {
  if (operator.aggregates.length === 0 && operator.by.length === 0) {
    throw queryError("ParserFailure", "'summarize' needs an aggregate such as count(), or 'by'.", operator.at);
  }
  const by = bindColumns(operator.by, stream.columns, plan);
  const columns: Column[] = by.map(({ column }) => column);
  const aggregates = operator.aggregates.map((each) => {
    const aggregate = aggregateOf(each, stream, plan);
    columns.push({ name: freeName(each.name ?? aggregate.name, columns), type: aggregate.type });
    return aggregate;
  });
  const begin = (values: readonly Value[]): Group => ({
    values,
    gatherings: aggregates.map((aggregate) => aggregate.begin()),
  });

  async function* rows(): AsyncGenerator<readonly Row[]> {
    const groups = new Map<string, Group>();
    // Without `by` there is one group, even of nothing.
    if (by.length === 0) groups.set("[]", begin([]));
    await forEachRow(stream.rows(), plan.budget, ({ cells }) => {
      const values = by.map(({ bound }) => bound.evaluate(cells));
      const identity = identityOf(values);
      let group = groups.get(identity);
      if (group === undefined) {
        plan.budget.hold(128 * (1 + aggregates.length) + identity.length * 2);
        group = begin(values);
        groups.set(identity, group);
      }
      for (const gathering of group.gatherings) gathering.add(cells);
    });
    yield* inBatches(results(groups), plan.budget);
  }
  return { columns, rows };
}

function* results(groups: ReadonlyMap<string, Group>): Generator<Row> {
  for (const [key, { values, gatherings }] of groups) {
    yield { key, cells: [...values, ...gatherings.map((gathering) => gathering.result())] };
  }
}

function aggregateOf({ expression, at }: NamedExpression, stream: Stream, plan: Plan): Aggregate {
  if (expression.kind !== "call") {
    throw queryError("ParserFailure", "'summarize' makes columns with aggregates only, such as count().", at);
  }
  const parameters = expression.parameters
    // `count(*)` counts what `count()` counts.
    .filter((each) => each.kind !== "star" || expression.name.toLowerCase() !== "count")
    .map((each) => bindOver(each, stream.columns, plan));
  return bindAggregate({ call: expression, parameters, budget: plan.budget });
}

export function distinct(stream: Stream, { columns }: OperatorOf<"distinct">, plan: Plan): Stream {
  const bound = columns === "*" ? undefined : bindColumns(columns, stream.columns, plan);
  if (bound === undefined) for (const column of stream.columns) column.use?.();
  return {
    columns: bound?.map(({ column }) => column) ?? stream.columns,
    rows() {
      const seen = new Set<string>();
      return eachRow(stream.rows(), plan.budget, (row) => {
        const cells = bound?.map(({ bound: each }) => each.evaluate(row.cells)) ?? row.cells;
        const key = identityOf(cells);
        if (seen.has(key)) return undefined;
        plan.budget.hold(32 + key.length);
        seen.add(key);
        return { key, cells };
      });
    },
  };
}
