/** Operators that look at one row at a time. */
import type { ColumnName, OperatorOf, ParsePart } from "../language/ast.ts";
import { as, type Cells, expect } from "./bound.ts";
import { addColumns, bindColumns, bindOver, type Plan, withColumns } from "./plan.ts";
import { type Column, findColumn, unknownColumn } from "./scope.ts";
import { eachRow, type Stream } from "./stream.ts";
import { convert, nothingOf, type Value } from "./values.ts";

export function where(stream: Stream, { predicate }: OperatorOf<"where">, plan: Plan): Stream {
  const test = expect(bindOver(predicate, stream.columns, plan), ["bool"], "What 'where' asks for");
  return withColumns(stream, stream.columns, () =>
    eachRow(stream.rows(), plan.budget, (row) => (test.evaluate(row.cells) === true ? row : undefined)),
  );
}

export function project(stream: Stream, { columns }: OperatorOf<"project" | "extend">, plan: Plan): Stream {
  const bound = bindColumns(columns, stream.columns, plan);
  return withColumns(
    stream,
    bound.map(({ column }) => column),
    () =>
      eachRow(stream.rows(), plan.budget, (row) => ({
        ...row,
        cells: bound.map(({ bound: each }) => each.evaluate(row.cells)),
      })),
  );
}

export function extend(stream: Stream, operator: OperatorOf<"project" | "extend">, plan: Plan): Stream {
  const bound = bindColumns(operator.columns, stream.columns, plan);
  const { columns, places } = addColumns(
    stream.columns,
    bound.map(({ column }) => column),
  );
  return withColumns(stream, columns, () =>
    eachRow(stream.rows(), plan.budget, (row) => ({
      ...row,
      cells: replaced(
        row.cells,
        places,
        bound.map(({ bound: each }) => each.evaluate(row.cells)),
      ),
    })),
  );
}

export function replaced(cells: Cells, places: readonly number[], values: readonly Value[]): Cells {
  const all = [...cells];
  for (const [index, place] of places.entries()) all[place] = values[index] ?? null;
  return all;
}

/** `project-away` and `project-keep`: columns by name, or by a name with `*` in it. */
export function choose(stream: Stream, operator: OperatorOf<"project-away" | "project-keep">, plan: Plan): Stream {
  const chosen = new Set(operator.columns.flatMap((pattern) => matching(stream.columns, pattern)));
  const kept = stream.columns
    .map((column, index) => ({ column, index }))
    .filter(({ index }) => chosen.has(index) === (operator.kind === "project-keep"));
  return withColumns(
    stream,
    kept.map(({ column }) => column),
    () =>
      eachRow(stream.rows(), plan.budget, (row) => ({
        ...row,
        cells: kept.map(({ index }) => row.cells[index] ?? null),
      })),
  );
}

function matching(columns: readonly Column[], { name, at }: ColumnName): number[] {
  if (!name.includes("*")) return [columnAt(columns, { name, at })];
  const pieces = name.toLowerCase().split("*");
  return columns.flatMap((column, index) => (fitsPieces(column.name.toLowerCase(), pieces) ? [index] : []));
}

/** Whether a name consists of the pieces, with anything between them. */
function fitsPieces(name: string, pieces: readonly string[]): boolean {
  const [first = "", ...rest] = pieces;
  const last = rest.pop() ?? "";
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let from = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, from);
    if (found === -1) return false;
    from = found + piece.length;
  }
  return from <= name.length - last.length;
}

export function columnAt(columns: readonly Column[], { name, at }: ColumnName): number {
  const index = findColumn(columns, name);
  if (index !== -1) return index;
  throw unknownColumn({ name, at }, columns);
}

export function rename(stream: Stream, operator: OperatorOf<"project-rename">): Stream {
  const columns = [...stream.columns];
  for (const { to, from } of operator.columns) {
    const index = columnAt(stream.columns, from);
    const column = columns[index];
    if (column) columns[index] = { ...column, name: to.name };
  }
  return withColumns(stream, columns, () => stream.rows());
}

export function parse(stream: Stream, operator: OperatorOf<"parse" | "parse-where">, plan: Plan): Stream {
  const subject = as(bindOver(operator.expression, stream.columns, plan), "string");
  const made = operator.parts.filter((part) => part.kind === "column");
  const { columns, places } = addColumns(stream.columns, made);
  const nothing = made.map(({ type }) => nothingOf(type));
  return withColumns(stream, columns, () =>
    eachRow(stream.rows(), plan.budget, (row) => {
      const text = subject.evaluate(row.cells);
      plan.budget.work(typeof text === "string" ? text.length : 0);
      const found = typeof text === "string" ? takeApart(text, operator.parts) : undefined;
      if (found === undefined && operator.kind === "parse-where") return undefined;
      const values = found?.map((value, index) => convert(value, "string", made[index]?.type ?? "string")) ?? nothing;
      return { ...row, cells: replaced(row.cells, places, values) };
    }),
  );
}

/**
 * The texts of the columns of a pattern: each reaches to the next fixed text, the last to the end. Undefined when a fixed text
 * is not there, or when there is more than the pattern speaks of.
 */
function takeApart(text: string, parts: readonly ParsePart[]): string[] | undefined {
  const found: string[] = [];
  let at = 0;
  let open: ParsePart | undefined;
  for (const [index, part] of parts.entries()) {
    if (part.kind !== "text") {
      // Two columns without a text between them: the first gets nothing.
      if (open?.kind === "column") found.push("");
      open = part;
      continue;
    }
    const isLast = index === parts.length - 1;
    const begin = isLast ? text.length - part.text.length : open === undefined ? at : text.indexOf(part.text, at);
    if (begin < at || !text.startsWith(part.text, begin) || (open === undefined && begin !== at)) return undefined;
    if (open?.kind === "column") found.push(text.slice(at, begin));
    at = begin + part.text.length;
    open = undefined;
  }
  if (open?.kind === "column") found.push(text.slice(at));
  else if (open === undefined && at !== text.length) return undefined;
  return found;
}
