import type { Command } from "commander";

/** The options of every command that asks a running control plane about its directory. */
export const withConnection = (command: Command): Command =>
  command
    .option(
      "--connection <file>",
      "the connection.json of the control plane (default: ARCFLEET_CONNECTION and so on, as for the provider)",
    )
    .option("--json", "print JSON");
