import { resolve } from "node:path";
import { abandonMove, migrateStore } from "@arcfleet/control-plane/maintenance";
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

export async function run(options: unknown): Promise<void> {
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
