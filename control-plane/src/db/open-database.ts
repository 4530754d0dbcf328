import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import type { Settings } from "../settings.ts";
import { guardWork } from "./guard-work.ts";
import { openStore } from "./open-store.ts";
import { openPostgresStore } from "./postgres/open-postgres-store.ts";
import type { Store } from "./store.ts";
import { refuseMovedStore } from "./store-state.ts";
import type { WriteQueueOptions } from "./write-queue.ts";

export interface OpenDatabaseOptions extends Pick<WriteQueueOptions, "onCommit"> {
  readonly settings: Pick<Settings, "database" | "databaseUrlFile" | "databaseConnections">;
  readonly dataDir: string;
  readonly log: Logger;
}

/**
 * Opens the database that the settings name: PostgreSQL, or without one the embedded database in the data folder. @throws when its
 * content moved elsewhere, or is on its way here.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Store> {
  const store = guardWork(await open(options));
  try {
    await refuseMovedStore(store);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

function open({ settings, dataDir, log, onCommit }: OpenDatabaseOptions): Promise<Store> {
  const { database, databaseUrlFile, databaseConnections } = settings;
  const url = databaseUrlFile === undefined ? database : () => readUrl(databaseUrlFile);
  const common = onCommit === undefined ? {} : { onCommit };
  if (url === undefined) return openStore({ file: join(dataDir, "control-plane.sqlite"), ...common });
  return openPostgresStore({
    url,
    maxConnections: databaseConnections,
    onTrouble: (error, message) => log.warn({ err: error }, message),
    ...common,
  });
}

function readUrl(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Error(`The file with the database URL cannot be read: ${path}`, { cause });
  }
}
