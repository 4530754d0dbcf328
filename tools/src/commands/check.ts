import { Command } from "commander";
import { execa } from "execa";
import { staleGoldenFiles, updateGoldenFiles } from "../golden/golden-files.ts";
import { formatElapsed } from "../setup/progress.ts";
import { repositoryRoot } from "../setup/repository.ts";

const CHECK_TIMEOUT_MS = 5 * 60_000;

/** Gives what is wrong, or nothing. */
type Check = () => Promise<string | undefined>;

const CHECKS: Readonly<Record<string, Check>> = {
  types: () => runProgram("tsc", "-p", "."),
  "lint and formatting": () => runProgram("biome", "ci", `--colors=${process.stdout.isTTY ? "force" : "off"}`, "."),
  "golden files": async () => {
    const stale = await staleGoldenFiles();
    if (stale.length === 0) return undefined;
    return `not what they are made from: ${stale.join(", ")}; "npm run check -- --update" writes them anew`;
  },
};

/** `npm run check`: what must hold before a change is committed. */
export async function run(args: string[]): Promise<number> {
  let exitCode = 0;
  const command = new Command("npm run check --")
    .description("checks types, lint, formatting and golden files")
    .option("--update", "write golden files anew before checking")
    .action(async ({ update }: { update?: boolean }) => {
      if (update) for (const path of await updateGoldenFiles()) process.stderr.write(`written anew: ${path}\n`);
      const passed = await Promise.all(Object.entries(CHECKS).map(([name, check]) => report(name, check)));
      exitCode = passed.every(Boolean) ? 0 : 1;
    });
  await command.parseAsync(args, { from: "user" });
  return exitCode;
}

async function report(name: string, check: Check): Promise<boolean> {
  const startedMs = performance.now();
  const problem = await check();
  const took = formatElapsed(performance.now() - startedMs);
  process.stderr.write(`${problem ? "FAILED" : "passed"}: ${name} (${took})\n`);
  if (problem) process.stdout.write(`${problem}\n`);
  return problem === undefined;
}

async function runProgram(program: string, ...args: string[]): Promise<string | undefined> {
  const options = {
    cwd: repositoryRoot,
    preferLocal: true,
    all: true,
    reject: false,
    timeout: CHECK_TIMEOUT_MS,
  } as const;
  const result = await execa(program, args, options);
  if (result.exitCode === 0) return undefined;
  return result.all || result.shortMessage;
}
