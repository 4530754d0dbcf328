/**
 * One page of what a query finds. Where each row comes from one row of a table, a later page begins to read where the one before
 * ended. Otherwise the query runs again and what was shown is left out by its place in the order, which is total, so that
 * rows that come and go between pages neither repeat nor hide others.
 */
import type { Budget } from "./budget.ts";
import { sizeOfRow } from "./plan.ts";
import { compareRows, firstRows, type Row, type Stream } from "./stream.ts";
import type { Value } from "./values.ts";

/** The original cuts its answers at sixteen megabytes; half of that is what we let wait in memory for a slow reader. */
const maxPageBytes = 8 * 1024 * 1024;

/** Where a page ended. */
export interface Position {
  readonly key: string;
  readonly order?: readonly Value[] | undefined;
  /** How many rows the query found when it was asked first, and how many of them were shown. */
  readonly total: number;
  readonly shown: number;
}

export interface PageRequest {
  readonly top: number;
  readonly skip: number;
  readonly after?: Position | undefined;
}

export interface QueryPage {
  readonly rows: readonly Row[];
  readonly total: number;
  readonly next?: Position | undefined;
}

export async function readPage(stream: Stream, request: PageRequest, budget: Budget): Promise<QueryPage> {
  const { after, top } = request;
  const skip = after === undefined ? request.skip : 0;
  const isStreamed = stream.beginAfter !== undefined && stream.ordering === undefined;
  // One more than the page shows whether there is another.
  const found = await (isStreamed ? streamed : ordered)(stream, { after, count: skip + top + 1 }, budget);
  const page = fitting(found.rows.slice(skip, skip + top));
  const last = page.at(-1);
  const total = after?.total ?? found.total;
  const hasMore = found.rows.length > skip + page.length;
  const shown = (after?.shown ?? skip) + page.length;
  return {
    rows: page,
    total,
    ...(hasMore && last ? { next: { key: last.key, order: last.order, total, shown } } : {}),
  };
}

interface Wanted {
  readonly after?: Position | undefined;
  readonly count: number;
}

interface Found {
  readonly rows: readonly Row[];
  /** How many there are altogether; on later pages only of what was read. */
  readonly total: number;
}

async function streamed(stream: Stream, { after, count }: Wanted, budget: Budget): Promise<Found> {
  const rows: Row[] = [];
  let total = 0;
  if (after !== undefined) stream.beginAfter?.(after.key);
  for await (const batch of stream.rows()) {
    total += batch.length;
    for (const row of batch.slice(0, count - rows.length)) {
      budget.hold(sizeOfRow(row));
      rows.push(row);
    }
    // The first page goes on, to count.
    if (after !== undefined && rows.length >= count) break;
  }
  return { rows, total };
}

async function ordered(stream: Stream, { after, count }: Wanted, budget: Budget): Promise<Found> {
  const compare = compareRows(stream.ordering ?? []);
  let total = 0;
  async function* remaining(): AsyncGenerator<readonly Row[]> {
    const position: Row | undefined = after && { key: after.key, order: after.order, cells: [] };
    for await (const batch of stream.rows()) {
      total += batch.length;
      yield position === undefined ? batch : batch.filter((row) => compare(row, position) > 0);
    }
  }
  const rows = await firstRows(remaining(), count, compare, budget, (row) => budget.hold(sizeOfRow(row)));
  return { rows, total };
}

/** As many rows as fit into an answer, and always one. */
function fitting(rows: readonly Row[]): readonly Row[] {
  let bytes = 0;
  const end = rows.findIndex((row, index) => {
    bytes += sizeOfRow(row);
    return index > 0 && bytes > maxPageBytes;
  });
  return end === -1 ? rows : rows.slice(0, end);
}
