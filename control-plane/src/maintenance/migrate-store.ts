/**
 * Moves everything from the embedded database to PostgreSQL while the control plane runs:
 *
 * 1. the database that is left begins to note what changes (change-capture.ts);
 * 2. all of it, as it is at one moment, goes to PostgreSQL in one transaction;
 * 3. what changed meanwhile follows, again and again, until there is little left;
 * 4. writes are refused (503 with Retry-After), the last changes follow, both sides are compared;
 * 5. the database that is left is marked so for good, and the other one as complete.
 *
 * Killed at any time, the command goes on where it was; killed in step 4, the refusal ends by itself and the control plane goes on. What was
 * acknowledged is in the database that is left before step 5, and in both afterwards.
 */
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readMigrations } from "../db/migrate.ts";
import { openPostgresStore } from "../db/postgres/open-postgres-store.ts";
import type { MoveState } from "../db/store-state.ts";
import {
  beginCapture,
  changedRows,
  endCapture,
  leave,
  newestChange,
  readMove,
  refuseWrites,
  removeMove,
  writeMove,
} from "./change-capture.ts";
import { readUrlFile } from "./database-url.ts";
import { fill } from "./fill.ts";
import { sqliteFileOf } from "./open-maintenance.ts";
import { refuseUsed } from "./restore.ts";
import { contentTables, deleteRow, insertRows, migrationsOf, readRow, readRows, upsertRow } from "./rows.ts";
import { beginSnapshot, describeUrl, openPostgresSession, openSqliteSession, type Session } from "./session.ts";
import type { TableShape } from "./table-shapes.ts";

/** How long writes are refused at most after the command was killed. Put off while it works. */
const REFUSE_MS = 30_000;
/** So few changes are left to the time in which writes are refused. */
const FEW_CHANGES = 200;
const MAX_ROUNDS = 100;
/** The place of a change in a target that has nothing yet. */
const NOT_COPIED = -1;

export interface MigrateStoreOptions {
  readonly dataDir: string;
  /** The file with the URL of the empty PostgreSQL database. */
  readonly urlFile: string;
  /** Compares the content of both sides, row by row, before the end. Default: true. */
  readonly verify?: boolean;
  readonly onProgress: (text: string) => void;
}

export interface StoreMigrated {
  readonly to: string;
  readonly rows: number;
  /** How long writes were refused. */
  readonly refusedMs: number;
}

interface Move extends Required<MigrateStoreOptions> {
  /** Reads what is there. */
  readonly source: Session;
  /** The same database, for what is to happen while that reads. */
  readonly control: Session;
  readonly target: Session;
  readonly tables: readonly TableShape[];
  readonly to: string;
}

export async function migrateStore(options: MigrateStoreOptions): Promise<StoreMigrated> {
  const url = readUrlFile(options.urlFile);
  const to = describeUrl(url);
  const source = openSource(options.dataDir);
  const control = openSource(options.dataDir);
  let target: Session | undefined;
  try {
    await refuseOtherVersion(source);
    target = await openPostgresSession(url);
    const id = await prepareTarget(source, target, url, to);
    const tables = await contentTables(source);
    const move: Move = { verify: true, ...options, source, control, target, tables, to };
    if ((await readMove(source))?.state !== "moved") {
      const begun = await beginCapture(source, { id, to });
      // From here on no control plane starts on it, long before it is complete.
      if ((await readMove(target)) === undefined) {
        await writeMove(target, { ...begun, to, state: "incoming", appliedChange: NOT_COPIED });
      }
    }
    const result = await run(move);
    await removeMove(target);
    return result;
  } finally {
    await target?.close();
    await control.close();
    await source.close();
  }
}

/** Gives up a move that is not finished. The control plane goes on with the embedded database. */
export async function abandonMove(dataDir: string): Promise<void> {
  const source = openSource(dataDir);
  try {
    const move = await readMove(source);
    if (move === undefined) throw new Error("No move was begun");
    if (move.state === "moved")
      throw new Error(`The move to ${move.to} is finished; there is no way back but a backup`);
    await endCapture(source);
  } finally {
    await source.close();
  }
}

function openSource(dataDir: string): Session {
  const file = sqliteFileOf(dataDir);
  if (!existsSync(file)) throw new Error(`There is no control plane with an embedded database in ${dataDir}`);
  return openSqliteSession(file, { readOnly: false });
}

async function refuseOtherVersion(source: Session): Promise<void> {
  const present = await migrationsOf(source);
  const ours = readMigrations().map(({ number }) => number);
  if (present?.join() === ours.join()) return;
  throw new Error(
    "The database was not used by this version yet, or by a newer one: start the control plane with the version that moves it, once, before the move",
  );
}

/** Makes the tables. Answers with the id of the move: the one that was begun, or a new one. */
async function prepareTarget(source: Session, target: Session, url: string, to: string): Promise<string> {
  const begun = await readMove(source);
  const numbers = readMigrations().map(({ number }) => number);
  const incoming = (await migrationsOf(target)) === undefined ? undefined : await readMoveIfThere(target);
  if (begun?.state === "moved" && incoming === undefined) {
    throw new Error(
      `The content moved to ${begun.to} already (${begun.at}): start the control plane with that database`,
    );
  }
  if (incoming === undefined || incoming.appliedChange === NOT_COPIED) await refuseUsed(target, numbers);
  if (incoming !== undefined && incoming.id !== begun?.id) {
    throw new Error(`The database ${to} is the target of another move that was not finished: make a new one for this`);
  }
  await (await openPostgresStore({ url, maxConnections: 4 })).close();
  return begun?.id ?? randomUUID();
}

async function readMoveIfThere(session: Session): Promise<MoveState | undefined> {
  const tables = await session.run(
    "select 1 as found from pg_class where relname = 'store_state' and relnamespace = current_schema()::regnamespace",
  );
  return tables.rows.length === 0 ? undefined : readMove(session);
}

async function run(move: Move): Promise<StoreMigrated> {
  const { source, control, target, onProgress, to } = move;
  if ((await appliedChange(target)) === NOT_COPIED) await copyAll(move);
  else onProgress("the move was begun earlier; it goes on");

  if ((await readMove(source))?.state === "moved") return { to, rows: 0, refusedMs: 0 };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const changed = await followChanges(move);
    if (changed > 0) onProgress(`${changed} rows that changed in the meantime followed`);
    if (changed < FEW_CHANGES) break;
  }
  const startedAt = performance.now();
  onProgress("writes are refused for a moment");
  await refuseWrites(control, REFUSE_MS);
  // Put off while we work: should this process die, the refusal ends soon.
  const timer = setInterval(() => void refuseWrites(control, REFUSE_MS).catch(() => {}), REFUSE_MS / 3);
  let rows: number;
  try {
    await followChanges(move);
    rows = await inSnapshot(source, () => compare(move));
    clearInterval(timer);
    if (!(await leave(control, await appliedChange(target), to))) {
      throw new Error(
        "Something was written although writes were refused (did the clock jump?): run the command again",
      );
    }
  } catch (error) {
    clearInterval(timer);
    await refuseWrites(control, 0).catch(() => {});
    throw error;
  }
  return { to, rows, refusedMs: Math.round(performance.now() - startedAt) };
}

const appliedChange = async (target: Session): Promise<number> => (await readMove(target))?.appliedChange ?? 0;

async function copyAll({ source, target, tables, to, onProgress }: Move): Promise<void> {
  const begun = await readMove(source);
  if (begun === undefined) throw new Error("The move was ended by somebody else: run the command again");
  await inSnapshot(source, async () => {
    const applied = await newestChange(source);
    await fill(target, async () => {
      for (const table of tables) {
        let count = 0;
        for await (const rows of readRows(source, table)) {
          await insertRows(target, table, rows);
          count += rows.length;
          if (count % 20_000 === 0) onProgress(`${table.name}: ${count} rows`);
        }
        if (count > 0) onProgress(`${table.name}: ${count} rows copied`);
      }
      await writeMove(target, { ...begun, to, state: "incoming", appliedChange: applied });
    });
  });
}

/** Makes the target what the source is at this moment. Answers with the number of rows that differed. */
async function followChanges({ source, target, tables }: Move): Promise<number> {
  return inSnapshot(source, async () => {
    const present = await readMove(target);
    if (present?.state !== "incoming")
      throw new Error("The target lost its mark of the move: make a new database for it");
    const newest = await newestChange(source);
    const changed = await changedRows(source, present.appliedChange);
    if (newest === present.appliedChange) return 0;
    await fill(target, async () => {
      const found = [];
      for (const { table: name, key } of changed) {
        const table = tables.find((one) => one.name === name);
        if (table === undefined) throw new Error(`The table '${name}' was made during the move: begin it again`);
        found.push({ table, key, row: await readRow(source, table, key) });
      }
      // First what is gone: what took its place may have its unique values.
      for (const { table, key, row } of found) if (row === undefined) await deleteRow(target, table, key);
      for (const { table, row } of found) if (row !== undefined) await upsertRow(target, table, row);
      await writeMove(target, { ...present, appliedChange: newest });
    });
    return changed.length;
  });
}

async function inSnapshot<T>(source: Session, work: () => Promise<T>): Promise<T> {
  await beginSnapshot(source);
  try {
    return await work();
  } finally {
    await source.run("rollback");
  }
}

/** @throws when the two sides differ. Answers with the number of rows. */
async function compare({ source, target, tables, verify, onProgress }: Move): Promise<number> {
  let total = 0;
  for (const table of tables) {
    const read = verify ? digestOf : countOf;
    const [ours, theirs] = [await read(source, table), await read(target, table)];
    if (ours.rows !== theirs.rows || ours.digest !== theirs.digest) {
      throw new Error(
        `The table '${table.name}' differs after the move (${ours.rows} rows here, ${theirs.rows} there). Nothing was lost and nothing switched: make a new database and move again`,
      );
    }
    total += ours.rows;
  }
  onProgress(`${total} rows are the same on both sides${verify ? "" : " by their number"}`);
  return total;
}

interface Digest {
  readonly rows: number;
  readonly digest: string;
}

async function countOf(session: Session, { name }: TableShape): Promise<Digest> {
  const { rows } = await session.run(`select count(*) as count from "${name}"`);
  return { rows: Number(rows[0]?.count ?? 0), digest: "" };
}

/** Both sides sort by the bytes of the key, so one hash over all rows is the same when they are. */
async function digestOf(session: Session, table: TableShape): Promise<Digest> {
  const hash = createHash("sha256");
  let count = 0;
  for await (const rows of readRows(session, table)) {
    count += rows.length;
    for (const row of rows) {
      hash.update(JSON.stringify(row.map((cell) => (Buffer.isBuffer(cell) ? cell.toString("base64") : cell))));
    }
  }
  return { rows: count, digest: hash.digest("hex") };
}
