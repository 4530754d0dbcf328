import type { SqlResult } from "./sql-connection.ts";

/** A statement for the writer's thread; `sql: null` closes the database. */
export interface WriterRequest {
  readonly id: number;
  readonly sql: string | null;
  readonly parameters: readonly unknown[];
}

export type WriterAnswer =
  | { readonly id: number; readonly result: SqlResult }
  | { readonly id: number; readonly error: string };
