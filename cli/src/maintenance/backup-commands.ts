import type { Command } from "commander";
import type { MaintenanceEnvironment } from "./commands.ts";
import { addInstallationOptions } from "./installation-options.ts";

/** `arcfleet backup` and `arcfleet restore`. */
export function addBackupCommands(program: Command, environment: MaintenanceEnvironment): void {
  addInstallationOptions(
    program
      .command("backup")
      .description("write everything into one file, as it is at one moment; the control plane may run"),
  )
    .requiredOption("--out <file>", "the file to make; never replaces one")
    .option("--include-keys", "put the master keys into it: whoever has the file can then read every secret")
    .addHelpText(
      "after",
      `
The file is the same whether the control plane keeps its data in the data folder or in PostgreSQL, and can be restored to either.
Secrets in it are sealed. Keep a copy of the master key, and keep it apart.

Examples:
  arcfleet backup --data ./arcfleet-data --out ./backups/monday.arcfleet.gz
  arcfleet backup --data ./arcfleet-data --database-url-file ./database-url --out ./backups/monday.arcfleet.gz`,
    )
    .action(async (options: object) => (await import("./backup.ts")).runBackup({ ...options, ...environment }));
  addInstallationOptions(
    program
      .command("restore")
      .description("bring a backup back, into an empty data folder or an empty PostgreSQL database"),
  )
    .requiredOption("--from <file>", "the backup")
    .addHelpText(
      "after",
      `
The backup is checked first, and its secrets must open with the master key: put master.key into the data folder before, unless the
backup was made with --include-keys. Stop the control plane that the backup was made of: two with the same identity confuse clusters.

Examples:
  arcfleet restore --from ./backups/monday.arcfleet.gz --data ./arcfleet-data
  arcfleet restore --from ./backups/monday.arcfleet.gz --data ./arcfleet-data --database-url-file ./database-url`,
    )
    .action(async (options: object) => (await import("./backup.ts")).runRestore({ ...options, ...environment }));
}
