/** What a query reads from, seen from the language: columns, and rows in the order of their keys. */
import type { ScalarType } from "../language/ast.ts";
import type { Budget } from "./budget.ts";
import type { Value } from "./values.ts";

export interface TableColumn {
  readonly name: string;
  readonly type: ScalarType;
}

export interface TableRow {
  readonly key: string;
  /** Reads one column; only asked for those that the query uses. */
  read(column: string): Value;
}

/** `column == value` without regard to case: what a table may use to read less. The query looks at every row all the same. */
export interface Hint {
  readonly column: string;
  /** The member, where the column is a bag: `tags.env`. */
  readonly member?: string | undefined;
  /** One of these, in lower case. */
  readonly values: readonly string[];
}

export interface Scan {
  readonly hints: readonly Hint[];
  /** Begin after the row with this key. */
  readonly after?: string | undefined;
  /** The columns that will be asked for; others need not be read. */
  readonly uses: ReadonlySet<string>;
  readonly budget: Budget;
}

export interface Table {
  readonly columns: readonly TableColumn[];
  scan(scan: Scan): AsyncIterable<readonly TableRow[]>;
}

/** The tables by their lower-case names. */
export type Tables = ReadonlyMap<string, Table>;
