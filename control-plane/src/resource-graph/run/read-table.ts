/** The rows of a table, with only those columns filled that the query uses. */
import type { Plan } from "./plan.ts";
import type { Row, Stream } from "./stream.ts";
import type { Hint, Table } from "./tables.ts";

export function readTable(table: Table, hints: readonly Hint[], { budget }: Plan): Stream {
  const used = new Set<string>();
  let after: string | undefined;
  return {
    columns: table.columns.map(({ name, type }) => ({
      name,
      type,
      use() {
        used.add(name);
      },
    })),
    beginAfter(key) {
      after = key;
    },
    async *rows(): AsyncGenerator<readonly Row[]> {
      for await (const page of table.scan({ hints, after, uses: used, budget })) {
        const rows: Row[] = [];
        for (const row of page) {
          if (budget.isTurnOver) await budget.letOthers();
          budget.row();
          rows.push({
            key: row.key,
            cells: table.columns.map(({ name }) => (used.has(name) ? row.read(name) : null)),
          });
        }
        yield rows;
      }
    },
  };
}
