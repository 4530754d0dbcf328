/** From the tree of a query to a stream of rows. Nothing is read before the rows are asked for. */
import type { Expression, Operator, Pipeline, Query, Source } from "../language/ast.ts";
import { queryError, quote } from "../query-error.ts";
import type { Budget } from "./budget.ts";
import { expand } from "./expand.ts";
import { hintsOf } from "./hints.ts";
import { join } from "./join.ts";
import { count, sort, take, top } from "./order-operators.ts";
import { bindOver, countOperator, type Plan } from "./plan.ts";
import { readTable } from "./read-table.ts";
import { choose, extend, parse, project, rename, where } from "./row-operators.ts";
import type { Stream } from "./stream.ts";
import { distinct, summarize } from "./summarize.ts";
import type { Tables } from "./tables.ts";
import { type Leg, union } from "./union.ts";

export interface BindOptions {
  readonly tables: Tables;
  readonly budget: Budget;
  readonly nowMs: number;
}

export function bindQuery({ lets, body }: Query, options: BindOptions): Stream {
  let plan: Plan = { ...options, constants: new Map(), pipelines: new Map(), size: { operators: 0 } };
  for (const { name, value } of lets) {
    const isTable =
      value.kind === "scalar" && value.expression.kind === "name" && !plan.constants.has(value.expression.name);
    if (value.kind === "scalar" && !isTable) {
      const constants = new Map(plan.constants).set(name.name, bindOver(value.expression, [], plan));
      plan = { ...plan, constants };
      continue;
    }
    const pipeline: Pipeline = value.kind === "tabular" ? value.pipeline : tableOf(value.expression);
    plan = { ...plan, pipelines: new Map(plan.pipelines).set(name.name, { pipeline, plan }) };
  }
  const stream = bindPipeline(body, plan);
  for (const column of stream.columns) column.use?.();
  return stream;
}

/** `let t = resources;` looks like the name of a value and is that of a table. */
function tableOf(expression: Expression): Pipeline {
  const name = expression.kind === "name" ? expression.name : "";
  return { source: { kind: "table", name, at: expression.at }, operators: [] };
}

function bindPipeline({ source, operators }: Pipeline, plan: Plan): Stream {
  let stream = bindSource(source, operators, plan);
  for (const operator of operators) {
    countOperator(plan, operator.at);
    stream = bindOperator(stream, operator, plan);
  }
  return stream;
}

function bindSource(source: Source, operators: readonly Operator[], plan: Plan): Stream {
  countOperator(plan, source.at);
  if (source.kind === "pipeline") return bindPipeline(source.pipeline, plan);
  if (source.kind === "union") return union(bindLegs(source.legs, plan, 0), source, plan);
  const named = plan.pipelines.get(source.name);
  // With the step counter of the whole query, and the names of where it was written.
  if (named) return bindPipeline(named.pipeline, named.plan);
  const table = plan.tables.get(source.name.toLowerCase());
  if (table) return readTable(table, hintsOf(operators), plan);
  throw queryError(
    "DisallowedLogicalTableName",
    `The table ${quote(source.name)} is not served here. Tables are: ${[...plan.tables.keys()].join(", ")}.`,
    source.at,
  );
}

const bindLegs = (legs: readonly Pipeline[], plan: Plan, offset: number): Leg[] =>
  legs.map((leg, index) => ({
    stream: bindPipeline(leg, plan),
    name: leg.source.kind === "table" ? leg.source.name : `union_arg${index + offset}`,
  }));

function bindOperator(stream: Stream, operator: Operator, plan: Plan): Stream {
  switch (operator.kind) {
    case "where":
      return where(stream, operator, plan);
    case "project":
      return project(stream, operator, plan);
    case "extend":
      return extend(stream, operator, plan);
    case "project-away":
    case "project-keep":
      return choose(stream, operator, plan);
    case "project-rename":
      return rename(stream, operator);
    case "parse":
    case "parse-where":
      return parse(stream, operator, plan);
    case "join":
      return join(stream, bindPipeline(operator.right, plan), operator, plan);
    case "union":
      return union([{ stream, name: "union_arg0" }, ...bindLegs(operator.legs, plan, 1)], operator, plan);
    case "mv-expand":
      return expand(stream, operator, plan);
    case "summarize":
      return summarize(stream, operator, plan);
    case "sort":
      return sort(stream, operator, plan);
    case "top":
      return top(stream, operator, plan);
    case "take":
      return take(stream, operator, plan);
    case "distinct":
      return distinct(stream, operator, plan);
    case "count":
      return count(stream, plan);
  }
}
