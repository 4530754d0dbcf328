import { resolve } from "node:path";
import { backup, restore } from "@arcfleet/control-plane/maintenance";
import type { Command } from "commander";
import { z } from "zod";
import type { MaintenanceEnvironment } from "./commands.ts";
import { addInstallationOptions, InstallationOptions, toMaintenanceSettings } from "./installation-options.ts";
import { say } from "./say.ts";

const BackupOptions = InstallationOptions.extend({ out: z.string().min(1), includeKeys: z.boolean().default(false) });
const RestoreOptions = InstallationOptions.extend({ from: z.string().min(1) });

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
    .action((options: object) => runBackup({ ...options, ...environment }));
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
    .action((options: object) => runRestore({ ...options, ...environment }));
}

async function runBackup(options: unknown): Promise<void> {
  const parsed = BackupOptions.parse(options);
  const out = resolve(parsed.out);
  const { includeKeys } = parsed;
  const { tables, rows, wrappedBy } = await backup({
    installation: toMaintenanceSettings(parsed, false),
    out,
    includeKeys,
  });
  say(`${out} holds ${rows} rows of ${tables} tables`);
  say(
    includeKeys
      ? "it holds the master keys too: whoever has it can read every secret"
      : `its secrets open with ${wrappedBy.join(", ")}, which is not in it: keep a copy, apart`,
  );
}

async function runRestore(options: unknown): Promise<void> {
  const parsed = RestoreOptions.parse(options);
  const { header, rows, masterKeyFile } = await restore({
    from: resolve(parsed.from),
    installation: toMaintenanceSettings(parsed, false),
    filesTo: parsed.data === undefined ? undefined : resolve(parsed.data),
  });
  say(`${rows} rows of ${header.createdAt} are restored, and the keys open them`);
  if (masterKeyFile !== undefined) say(`the master keys of the backup are in ${masterKeyFile}`);
  if (header.endpoint !== undefined) {
    const { port } = new URL(header.endpoint);
    say(`clusters look for it at ${header.endpoint}: start it with --port ${port || "443"} there`);
  }
}
