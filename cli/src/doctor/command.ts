import type { Command } from "commander";
import type { MaintenanceEnvironment } from "../maintenance/commands.ts";
import { addInstallationOptions } from "../maintenance/installation-options.ts";

/** `arcfleet doctor`: looks at everything that tends to be wrong, and changes nothing. */
export function addDoctorCommand(program: Command, environment: MaintenanceEnvironment): void {
  addInstallationOptions(
    program
      .command("doctor")
      .description("looks for what is wrong with a control plane, from its machine or from a client; changes nothing"),
  )
    .option("--connection <file>", "connection.json: looks at the running control plane as a client does")
    .option("--json", "as a JSON array")
    .addHelpText(
      "after",
      `
Each line is ok, warn or fail, with what was found and what to do. It ends with 1 when something failed.

Examples:
  arcfleet doctor --data ./arcfleet-data
  arcfleet doctor --connection ./connection.json --json`,
    )
    .action(async (options: object) => (await import("./doctor.ts")).doctor({ ...options, ...environment }));
}
