import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { z } from "zod";

// The commands behind `npm run <name>`. Each lives in commands/<name>.ts and is only loaded when it is called, so that
// a mistake in one does not take the others with it.
const COMMANDS = {
  setup: "fetch or build everything the other commands need, and nothing else",
  demo: "control plane, two clusters and a fleet on this machine; `npm run demo -- down` removes it",
  dev: "control plane that restarts when its sources change",
  test: "all tests, from unit to end-to-end",
  check: "types, lint, formatting and golden files",
  lab: "real Kubernetes clusters on this machine: up N, down, status, load",
  bench: "benchmarks, one JSON line for each metric",
} as const;

/** What every module in commands/ exports: takes the arguments after the command's name, gives the exit code. */
const CommandModuleSchema = z.object({
  run: z.custom<(args: string[]) => Promise<number>>((value) => typeof value === "function", "run must be a function"),
});

async function runCommand(name: string, args: string[]): Promise<void> {
  const module = new URL(`./commands/${name}.ts`, import.meta.url);
  if (!existsSync(module)) {
    throw new Error(`"npm run ${name}" is not part of this checkout: ${fileURLToPath(module)} does not exist`);
  }
  const { run } = CommandModuleSchema.parse(await import(module.href));
  process.exitCode = await run(args);
}

const program = new Command("arcfleet-tools")
  .usage("<command> [options]")
  .description("What stands behind `npm run <command>` in this repository")
  .enablePositionalOptions();

for (const [name, description] of Object.entries(COMMANDS)) {
  program
    .command(name)
    .description(description)
    .argument("[arguments...]")
    // Options, --help among them, belong to the command's own parser.
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action((args: string[]) => runCommand(name, args));
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (process.env.ARCFLEET_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
