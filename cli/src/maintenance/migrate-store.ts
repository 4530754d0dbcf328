import { resolve } from "node:path";
import { abandonMove, migrateStore } from "@arcfleet/control-plane/maintenance";
import type { Command } from "commander";
import { z } from "zod";
import { say } from "./say.ts";

const MigrateOptions = z
  .object({
    data: z.string().min(1),
    to: z.string().min(1).optional(),
    verify: z.boolean().default(true),
    abandon: z.boolean().default(false),
  })
  .refine(({ to, abandon }) => (to === undefined) === abandon, "say --to FILE, or --abandon");

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
    .action(run);
}

async function run(options: unknown): Promise<void> {
  const { data, to, verify, abandon } = MigrateOptions.parse(options);
  const dataDir = resolve(data);
  if (abandon || to === undefined) {
    await abandonMove(dataDir);
    say("the move is given up, and the control plane goes on as before; remove the PostgreSQL database");
    return;
  }
  const urlFile = resolve(to);
  const moved = await migrateStore({ dataDir, urlFile, verify, onProgress: say });
  say(`everything is in ${moved.to}; writes were refused for ${(moved.refusedMs / 1000).toFixed(1)} s until now`);
  say(
    `start the control plane again, with --data ${dataDir} --database-url-file ${urlFile}; until then it refuses writes`,
  );
}
