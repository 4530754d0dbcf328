import type { Command } from "commander";

/** `arcfleet migrate-store`. */
export function addMigrateStoreCommand(program: Command): void {
  program
    .command("migrate-store")
    .description("move a control plane from its data folder to PostgreSQL while it runs")
    .requiredOption("--data <dir>", "data folder of the control plane")
    .option("--to <file>", "file with the postgres:// URL of an empty database")
    .option("--no-verify", "compare the number of rows at the end instead of every row")
    .option("--abandon", "give up a move that is not finished; the control plane goes on as before")
    .addHelpText(
      "after",
      `
The control plane serves all along. At the end it refuses writes for some seconds (503 with Retry-After), and after that until it is
started again with --database-url-file. Tenants, keys, tokens and certificates stay the same, so clusters notice nothing.
Cut off at any time, the same command goes on where it was. The data folder is still needed: for the master key and charts.

Example:
  arcfleet migrate-store --data ./arcfleet-data --to ./database-url
  arcfleet serve --data ./arcfleet-data --database-url-file ./database-url`,
    )
    .action(async (options: unknown) => (await import("./migrate-store.ts")).run(options));
}
