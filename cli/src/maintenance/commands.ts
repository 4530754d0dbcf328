import type { Command } from "commander";
import { addBackupCommands } from "./backup-commands.ts";
import { addKeyCommands } from "./key-commands.ts";
import { addMigrateStoreCommand } from "./migrate-store-command.ts";

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
