import { parseQuery } from "../../src/resource-graph/language/parse-query.ts";
import { bindQuery } from "../../src/resource-graph/run/bind-query.ts";
import { Budget, defaultLimits, type QueryLimits } from "../../src/resource-graph/run/budget.ts";
import { type PageRequest, type QueryPage, readPage } from "../../src/resource-graph/run/page.ts";
import type { Table, TableColumn } from "../../src/resource-graph/run/tables.ts";
import { toJson, type Value } from "../../src/resource-graph/run/values.ts";

export const nowMs = Date.UTC(2026, 0, 31, 12);

/** A table in memory. */
export function memoryTable(columns: readonly TableColumn[], rows: readonly (readonly Value[])[]): Table {
  const keys = rows.map((_, index) => String(index).padStart(6, "0"));
  return {
    columns,
    async *scan({ after = "" }) {
      for (let start = 0; start < rows.length; start += 100) {
        yield rows
          .map((cells, index) => ({
            key: keys[index] ?? "",
            read: (name: string) => cells[columns.findIndex((column) => column.name === name)] ?? null,
          }))
          .slice(start, start + 100)
          .filter(({ key }) => key > after);
      }
    },
  };
}

/** Six clusters and what is on them, small enough to know by heart. */
export const fleet: ReadonlyMap<string, Table> = new Map([
  [
    "clusters",
    memoryTable(
      [
        { name: "id", type: "string" },
        { name: "name", type: "string" },
        { name: "location", type: "string" },
        { name: "tags", type: "dynamic" },
        { name: "properties", type: "dynamic" },
      ],
      [
        [
          "/c/a",
          "a",
          "westeurope",
          { env: "prod" },
          { nodes: 3, Version: "1.30.1", seen: "2026-01-31T11:00:00Z", list: [1, 2] },
        ],
        [
          "/c/b",
          "b",
          "westeurope",
          { env: "test" },
          { nodes: 1, Version: "1.31.0", seen: "2026-01-30T11:00:00Z", list: [] },
        ],
        [
          "/c/c",
          "c",
          "eastus",
          { env: "prod", "my-team": "blue" },
          { nodes: 5, Version: "1.30.1", list: [3], flag: true },
        ],
        ["/c/d", "d", "eastus", null, { nodes: 0, inner: { Deep: [{ x: "hit" }] } }],
      ],
    ),
  ],
  [
    "extensions",
    memoryTable(
      [
        { name: "id", type: "string" },
        { name: "cluster", type: "string" },
        { name: "kind", type: "string" },
      ],
      [
        ["/C/A/providers/Ext/flux", "a", "flux"],
        ["/C/A/providers/Ext/monitor", "a", "monitor"],
        ["/C/C/providers/Ext/flux", "c", "flux"],
        ["/C/X/providers/Ext/flux", "x", "flux"],
      ],
    ),
  ],
]);

export interface AskOptions extends Partial<PageRequest> {
  readonly tables?: ReadonlyMap<string, Table>;
  readonly limits?: Partial<QueryLimits>;
}

export async function askPage(
  query: string,
  options: AskOptions = {},
): Promise<QueryPage & { names: string[]; types: string[] }> {
  const budget = new Budget({ ...defaultLimits, ...options.limits });
  const stream = bindQuery(parseQuery(query), { tables: options.tables ?? fleet, budget, nowMs });
  const page = await readPage(
    stream,
    { top: options.top ?? 1000, skip: options.skip ?? 0, after: options.after },
    budget,
  );
  const rows = page.rows.map((row) => ({
    ...row,
    cells: row.cells.map((cell, index) => toJson(cell, stream.columns[index]?.type ?? "dynamic")),
  }));
  return {
    ...page,
    rows,
    names: stream.columns.map(({ name }) => name),
    types: stream.columns.map(({ type }) => type),
  };
}

/** The rows of an answer, as lists of cells. */
export const ask = async (query: string, options?: AskOptions): Promise<unknown[][]> =>
  (await askPage(query, options)).rows.map(({ cells }) => [...cells]);
