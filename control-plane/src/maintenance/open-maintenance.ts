import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "../clock.ts";
import { openDatabase } from "../db/open-database.ts";
import type { Store } from "../db/store.ts";
import { createLogger } from "../log.ts";
import type { KeySourceSettings } from "../secrets/key-source.ts";
import { type OpenSecrets, openSecrets } from "../secrets/secrets.ts";

/** Which installation to work on. */
export interface MaintenanceSettings extends KeySourceSettings {
  readonly databaseUrlFile?: string | undefined;
  readonly database?: string | undefined;
}

export interface Maintenance extends AsyncDisposable {
  readonly store: Store;
  readonly secrets: OpenSecrets;
  readonly clock: Clock;
}

export const sqliteFileOf = (dataDir: string): string => join(dataDir, "control-plane.sqlite");

/** Opens the store beside a running control plane. @throws when there is none: maintenance never makes one. */
export async function openMaintenance(settings: MaintenanceSettings): Promise<Maintenance> {
  const { dataDir, database, databaseUrlFile } = settings;
  if (database === undefined && databaseUrlFile === undefined && !existsSync(sqliteFileOf(dataDir))) {
    throw new Error(`There is no control plane in ${dataDir}: ${sqliteFileOf(dataDir)} does not exist`);
  }
  const store = await openDatabase({
    settings: { database, databaseUrlFile, databaseConnections: 4 },
    dataDir,
    log: createLogger({ logLevel: "warn" }),
  });
  try {
    const secrets = await openSecrets({ store, keys: settings, clock: systemClock });
    return {
      store,
      secrets,
      clock: systemClock,
      async [Symbol.asyncDispose]() {
        secrets.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
