import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { checkoutLab } from "../checkout-lab.ts";
import { labDown } from "../lab/index.ts";
import { formatElapsed } from "../setup/progress.ts";
import { repositoryRoot } from "../setup/repository.ts";
import { workFolder } from "../work-folder.ts";
import { endMarkedProcesses } from "./end-processes.ts";
import type { Progress } from "./progress.ts";
import { makeRunFolders } from "./run-folders.ts";
import { runSuite, type SuiteResult } from "./run-suite.ts";
import { sayWhenQuiet } from "./say-when-quiet.ts";
import type { Suite } from "./suites.ts";
import { createUnderWay } from "./under-way.ts";

/** The lab that the end-to-end suite works on; the runner removes it whatever became of the suite. */
export const testLabName = checkoutLab("test");

export interface RunTestsOptions {
  readonly chosen: readonly Suite[];
  readonly patterns: readonly string[];
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Runs the suites, lanes side by side, and stops everything they started. The results come in the order of `chosen`. */
export async function runTests({ chosen, patterns, signal, log }: RunTestsOptions): Promise<SuiteResult[]> {
  const folder = join(workFolder, "test");
  const run = randomUUID();
  const folders = await makeRunFolders();
  await mkdir(folder, { recursive: true });
  const runOne = async (suite: Suite): Promise<SuiteResult> => {
    log(`${suite.name}: ${suite.question} (log: ${relative(repositoryRoot, join(folder, `${suite.name}.log`))})`);
    const underWay = createUnderWay();
    const describe = (): string[] => underWay.standing().doing.map((line) => `${suite.name}: still ${line}`);
    using speaker = sayWhenQuiet(log, describe);
    const tell = progressLines(suite);
    const onProgress = (progress: Progress): void => {
      const line = tell(progress);
      if (line !== undefined) speaker.say(line);
    };
    // Engine, programs and providers start some hundred times, and would compile the same sources each time.
    const env = { ...folders.env, NODE_COMPILE_CACHE: join(workFolder, "compile-cache") };
    const result = await runSuite(suite, { folder, run, patterns, signal, onProgress, underWay, env });
    log(`${suite.name}: ${result.passed} passed, ${result.failed} failed in ${formatElapsed(result.durationMs)}`);
    return result;
  };
  try {
    const lanes = [...new Set(chosen.map(({ lane }) => lane))];
    const results = await Promise.all(
      lanes.map((lane) =>
        oneAfterAnother(
          chosen.filter((suite) => suite.lane === lane),
          runOne,
        ),
      ),
    );
    return chosen.flatMap((suite) => results.flat().filter((result) => result.suite === suite));
  } finally {
    try {
      if (chosen.some(({ name }) => name === "e2e")) await labDown({ name: testLabName, log });
      for (const ended of await endMarkedProcesses(run)) log(`stopped what a test left behind: ${ended}`);
    } finally {
      for (const left of (await folders.list()).filter(isOfTest)) log(`removed what a test left behind: ${left}`);
      await folders.remove();
    }
  }
}

/** Folders with our name that a test should have removed; the programs of PostgreSQL are shared by all of a run. */
const isOfTest = (name: string): boolean =>
  name.startsWith("arcfleet-") && !name.startsWith("arcfleet-postgres-binaries-");

async function oneAfterAnother<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** What is told of tests while they run: every failure, each that takes long, and of the many quick ones how many there were. */
const slowMs = 2_000;
const quickOnesALine = 100;

function progressLines(suite: Suite): (progress: Progress) => string | undefined {
  let quick = 0;
  return (progress) => {
    const file = relative(repositoryRoot, progress.file);
    if (progress.kind === "file ended") return progress.isBroken ? `${suite.name}: FAILED ${file}` : undefined;
    if (progress.kind !== "test ended") return undefined;
    const { name, status, durationMs } = progress;
    if (status === "failed") return `${suite.name}: FAILED ${file} > ${name}`;
    if (durationMs >= slowMs) return `${suite.name}: ${status} ${name} (${formatElapsed(durationMs)})`;
    quick += 1;
    return quick % quickOnesALine === 0 ? `${suite.name}: ${quick} quick tests done` : undefined;
  };
}
