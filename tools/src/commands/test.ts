import { Command } from "commander";
import { withInterrupts } from "../interrupts.ts";
import { runTests } from "../testing/run-tests.ts";
import { chooseSuites, suites } from "../testing/suites.ts";
import { isSuccess, summarize } from "../testing/summary.ts";
import { run as setUp } from "./setup.ts";

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** `npm test`: set-up of what is missing, then the suites; the last line of standard output is `N passed, N failed`. */
export async function run(args: string[]): Promise<number> {
  let exitCode = 0;
  const command = new Command("npm test --")
    .description(
      `Runs the tests and prints their counts. Suites:\n${suites.map(({ name, question }) => `  ${name.padEnd(11)}${question}`).join("\n")}`,
    )
    .argument("[suites or paths...]", "only these suites, only test files that match these paths")
    .action(async (words: string[]) => {
      const choice = chooseSuites(words);
      exitCode = await withInterrupts((signal) => test({ ...choice, signal }));
    });
  await command.parseAsync(args, { from: "user" });
  return exitCode;
}

async function test(options: ReturnType<typeof chooseSuites> & { signal: AbortSignal }): Promise<number> {
  const setUpCode = await setUp([]);
  if (setUpCode !== 0) return setUpCode;
  options.signal.throwIfAborted();
  const results = await runTests({ ...options, log });
  process.stdout.write(`${summarize(results).join("\n")}\n`);
  return isSuccess(results) ? 0 : 1;
}
