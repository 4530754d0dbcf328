import { Command } from "commander";
import { setUp } from "../setup/set-up.ts";

/** `npm run setup`: everything the lab, the demo and the tests need on this machine. */
export async function run(args: string[]): Promise<number> {
  const command = new Command("npm run setup").description("fetches or builds every tool and image, and nothing else");
  command.action(() => setUp((line) => process.stderr.write(`setup: ${line}\n`)));
  await command.parseAsync(args, { from: "user" });
  return 0;
}
