/** The columns that an expression can name. */
import type { ColumnName, ScalarType } from "../language/ast.ts";
import { queryError, quote } from "../query-error.ts";

export interface Column {
  readonly name: string;
  readonly type: ScalarType;
  /** Where the column comes from a table: told when its content is needed, because reading it may cost something. */
  readonly use?: (() => void) | undefined;
}

/** The place of a column: the one of exactly that name, or else the first whose name differs in case only. */
export function findColumn(columns: readonly Column[], name: string): number {
  const exact = columns.findIndex((column) => column.name === name);
  if (exact !== -1) return exact;
  const wanted = name.toLowerCase();
  return columns.findIndex((column) => column.name.toLowerCase() === wanted);
}

/** A name that no column has yet: with a number where it must be. */
export function freeName(name: string, taken: Iterable<{ readonly name: string }>): string {
  const names = new Set([...taken].map((each) => each.name));
  if (!names.has(name)) return name;
  let count = 1;
  while (names.has(`${name}${count}`)) count++;
  return `${name}${count}`;
}

export const unknownColumn = ({ name, at }: ColumnName, columns: readonly Column[]) =>
  queryError(
    "SemanticError",
    `Failed to resolve ${quote(name)}: there is no such column here. Columns are: ${columns.map((each) => each.name).join(", ") || "none"}.`,
    at,
  );
