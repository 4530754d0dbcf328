import type { Command } from "commander";

/** How every command of the operator is told which installation it works on; installation-settings.ts reads it. */
export const addInstallationOptions = (command: Command): Command =>
  command
    .option("--data <dir>", "data folder of the control plane")
    .option(
      "--database-url-file <file>",
      "file with the postgres:// URL, for a control plane on PostgreSQL (or ARCFLEET_DATABASE_URL)",
    )
    .option("--master-key-file <file>", "master keys from this file (default: DIR/master.key, or ARCFLEET_MASTER_KEY)")
    .option("--kms-file <file>", "JSON file that names a key management service");
