import { readFileSync } from "node:fs";
import type { MaintenanceSettings } from "./open-maintenance.ts";

/** The URL of the database that the settings name; nothing for the embedded one. */
export function databaseUrlOf({ database, databaseUrlFile }: MaintenanceSettings): string | undefined {
  return databaseUrlFile === undefined ? database : readUrlFile(databaseUrlFile);
}

export function readUrlFile(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw new Error(`The file with the database URL cannot be read: ${path}`, { cause });
  }
}
