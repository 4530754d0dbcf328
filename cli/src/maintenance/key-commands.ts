import type { Command } from "commander";
import type { MaintenanceEnvironment } from "./commands.ts";
import { addInstallationOptions } from "./installation-options.ts";

/** `arcfleet keys list` and `arcfleet keys rotate`. */
export function addKeyCommands(program: Command, environment: MaintenanceEnvironment): void {
  const keys = program.command("keys").description("the keys of a control plane: which there are, and new ones");
  addInstallationOptions(keys.command("list").description("every key with its state; nothing secret is shown"))
    .addHelpText("after", "\nExample:\n  arcfleet keys list --data ./arcfleet-data")
    .action(async (options: object) => (await import("./keys.ts")).list({ ...options, ...environment }));
  addInstallationOptions(
    keys
      .command("rotate")
      .description("put a new key in the place of the one that seals secrets; the control plane may run"),
  )
    .option("--master", "the master key instead, or the change from a master key to a KMS")
    .option(
      "--signing [mode]",
      "the key that signs access tokens instead: scheduled (default; signs in a day), soon, or revoke (every token ends)",
    )
    .addHelpText(
      "after",
      `
Every secret can be read all along. Cut off at any time, the same command goes on where it was.
Backups made before open with the keys of their time: keep a copy of the master key with each.

Examples:
  arcfleet keys rotate --data ./arcfleet-data
  arcfleet keys rotate --data ./arcfleet-data --master
  arcfleet keys rotate --data ./arcfleet-data --master --kms-file ./kms.json`,
    )
    .action(async (options: object) => (await import("./keys.ts")).rotate({ ...options, ...environment }));
}
