/**
 * Rows on their way through the operators of a query. They come in batches, so that the price of waiting is shared, and every
 * loop over rows lets others have their turn (see budget.ts).
 */

import type { Cells } from "./bound.ts";
import type { Budget } from "./budget.ts";
import type { Column } from "./scope.ts";
import { compareValues, type Value } from "./values.ts";

export interface Row {
  /** Tells a row from all others and does not change between two runs: what paging goes by. */
  readonly key: string;
  readonly cells: Cells;
  /** What the row was sorted by, while that order lasts. */
  readonly order?: readonly Value[] | undefined;
}

export interface Ordering {
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface Stream {
  readonly columns: readonly Column[];
  /** Set while the rows come in an order that the query asked for. */
  readonly ordering?: readonly Ordering[] | undefined;
  /**
   * Set while each row comes from one row of a table and nothing but that row decides: then reading can begin after a key, and
   * a later page costs no more than the first.
   */
  readonly beginAfter?: ((key: string) => void) | undefined;
  rows(): AsyncIterable<readonly Row[]>;
}

export const batchSize = 200;

/** Makes each row into any number of rows. */
export async function* eachRow(
  input: AsyncIterable<readonly Row[]>,
  budget: Budget,
  make: (row: Row) => Row | readonly Row[] | undefined,
): AsyncGenerator<readonly Row[]> {
  let batch: Row[] = [];
  for await (const rows of input) {
    for (const row of rows) {
      if (budget.isTurnOver) await budget.letOthers();
      const made = make(row);
      if (made === undefined) continue;
      if (isRow(made)) batch.push(made);
      else for (const one of made) batch.push(one);
      if (batch.length >= batchSize) {
        yield batch;
        batch = [];
      }
    }
  }
  if (batch.length > 0) yield batch;
}

const isRow = (made: Row | readonly Row[]): made is Row => !Array.isArray(made);

/** Calls for each row; what it does is held on to by the caller. */
export async function forEachRow(
  input: AsyncIterable<readonly Row[]>,
  budget: Budget,
  take: (row: Row) => void,
): Promise<void> {
  for await (const rows of input) {
    for (const row of rows) {
      if (budget.isTurnOver) await budget.letOthers();
      take(row);
    }
  }
}

/** Hands on rows that are in memory. */
export async function* inBatches(rows: Iterable<Row>, budget: Budget): AsyncGenerator<readonly Row[]> {
  let batch: Row[] = [];
  for (const row of rows) {
    if (budget.isTurnOver) await budget.letOthers();
    batch.push(row);
    if (batch.length >= batchSize) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** The order of two rows: what the query asked for, and between equals the key, so that it is the same every time. */
export function compareRows(ordering: readonly Ordering[]): (one: Row, other: Row) => number {
  return (one, other) => {
    // Counted by hand: this runs some twenty times for each row that is sorted.
    for (let index = 0; index < ordering.length; index++) {
      const order = compareBy(ordering[index], one.order?.[index] ?? null, other.order?.[index] ?? null);
      if (order !== 0) return order;
    }
    return one.key < other.key ? -1 : one.key > other.key ? 1 : 0;
  };
}

function compareBy(ordering: Ordering | undefined, value: Value, against: Value): number {
  if (value === against) return 0;
  if (value === null || against === null) return (value === null) === ordering?.nullsFirst ? -1 : 1;
  const order = compareValues(value, against);
  return ordering?.descending ? -order : order;
}

/** Sorts without keeping the thread: runs of some hundred rows, merged two by two. */
export async function sortRows(
  rows: readonly Row[],
  compare: (one: Row, other: Row) => number,
  budget: Budget,
): Promise<readonly Row[]> {
  let runs: (readonly Row[])[] = [];
  for (let start = 0; start < rows.length; start += batchSize) {
    if (budget.isTurnOver) await budget.letOthers();
    runs.push(rows.slice(start, start + batchSize).sort(compare));
  }
  while (runs.length > 1) {
    const merged: (readonly Row[])[] = [];
    for (let index = 0; index < runs.length; index += 2) {
      merged.push(await mergeRuns(runs[index] ?? [], runs[index + 1] ?? [], compare, budget));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function mergeRuns(
  one: readonly Row[],
  other: readonly Row[],
  compare: (one: Row, other: Row) => number,
  budget: Budget,
): Promise<readonly Row[]> {
  const merged: Row[] = [];
  let [left, right] = [0, 0];
  for (;;) {
    if (budget.isTurnOver) await budget.letOthers();
    const [first, second] = [one[left], other[right]];
    if (first === undefined && second === undefined) return merged;
    if (second === undefined || (first !== undefined && compare(first, second) <= 0)) {
      if (first !== undefined) merged.push(first);
      left++;
    } else {
      merged.push(second);
      right++;
    }
  }
}

/** Keeps the first so many rows of an order, without holding all of them. */
export async function firstRows(
  input: AsyncIterable<readonly Row[]>,
  count: number,
  compare: (one: Row, other: Row) => number,
  budget: Budget,
  hold: (row: Row) => void,
): Promise<readonly Row[]> {
  let kept: Row[] = [];
  let worst: Row | undefined;
  const limit = Math.max(count * 2, count + batchSize);
  for await (const rows of input) {
    for (const row of rows) {
      if (budget.isTurnOver) await budget.letOthers();
      if (worst !== undefined && compare(row, worst) >= 0) continue;
      kept.push(row);
      if (kept.length <= count) hold(row);
    }
    if (kept.length > limit) {
      kept = (await sortRows(kept, compare, budget)).slice(0, count);
      worst = kept.at(-1);
    }
  }
  return (await sortRows(kept, compare, budget)).slice(0, count);
}
