import type { Command } from "commander";
import { addBackupCommands } from "./backup.ts";
import { addKeyCommands } from "./keys.ts";
import { addMigrateStoreCommand } from "./migrate-store.ts";

/** What the environment says, read in main.ts. */
export interface MaintenanceEnvironment {
  readonly masterKey: string | undefined;
  readonly database: string | undefined;
}

/** The commands of the operator, beside a control plane that may be running. */
export function addMaintenanceCommands(program: Command, environment: MaintenanceEnvironment): void {
  addKeyCommands(program, environment);
  addBackupCommands(program, environment);
  addMigrateStoreCommand(program);
}
