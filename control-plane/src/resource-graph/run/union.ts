/** Rows of several streams, one after another. */
import type { Union } from "../language/ast.ts";
import type { Plan } from "./plan.ts";
import type { Column } from "./scope.ts";
import { eachRow, type Stream } from "./stream.ts";
import { nothingOf } from "./values.ts";

export interface Leg {
  readonly stream: Stream;
  readonly name: string;
}

/** Columns of one name and one type are the same column. Those of one name and several types are told apart by their types. */
export function union(legs: readonly Leg[], { columns: kind, sourceName }: Union, plan: Plan): Stream {
  const all = legs.flatMap(({ stream }) => stream.columns);
  const nameOf = (column: Column): string => {
    const isAmbiguous = all.some(({ name, type }) => name === column.name && type !== column.type);
    return isAmbiguous ? `${column.name}_${column.type}` : column.name;
  };
  const columns = new Map<string, Column>();
  for (const column of all) {
    const name = nameOf(column);
    const isEverywhere = legs.every(({ stream }) => stream.columns.some((each) => nameOf(each) === name));
    if (kind === "inner" && !isEverywhere) continue;
    const before = columns.get(name);
    columns.set(name, {
      name,
      type: column.type,
      use() {
        before?.use?.();
        column.use?.();
      },
    });
  }
  const source: Column[] = sourceName === undefined ? [] : [{ name: sourceName, type: "string" }];
  return {
    columns: [...source, ...columns.values()],
    async *rows() {
      for (const [index, leg] of legs.entries()) {
        const places = [...columns.values()].map((column) => ({
          column,
          at: leg.stream.columns.findIndex((each) => nameOf(each) === column.name),
        }));
        yield* eachRow(leg.stream.rows(), plan.budget, (row) => ({
          key: `${String(index).padStart(3, "0")}\u0000${row.key}`,
          cells: [
            ...source.map(() => leg.name),
            ...places.map(({ column, at }) => (at === -1 ? nothingOf(column.type) : (row.cells[at] ?? null))),
          ],
        }));
      }
    },
  };
}
