import { spawn } from "node:child_process";
import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { z } from "zod";
import { repositoryRoot } from "../setup/repository.ts";
import { endProcessGroup, runVariable } from "./end-processes.ts";
import { type Counts, countResults, crashed } from "./jest-report.ts";
import type { Suite } from "./suites.ts";

/** What progress-reporter.mjs says about one test. */
const Progress = z.object({ file: z.string(), name: z.string(), status: z.string(), durationMs: z.number() });
export type Progress = z.infer<typeof Progress>;

export interface SuiteResult extends Counts {
  readonly suite: Suite;
  readonly durationMs: number;
  readonly logFile: string;
}

export interface RunSuiteOptions {
  /** Where the suite's log and report go. */
  readonly folder: string;
  /** Names the run, for {@link runVariable}. */
  readonly run: string;
  readonly patterns: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

const stopGraceMs = 15_000;

/** Runs one suite in a Jest of its own and counts its results. Never throws for what a suite did: a crash is a result. */
export async function runSuite(suite: Suite, options: RunSuiteOptions): Promise<SuiteResult> {
  const startedAt = Date.now();
  const logFile = join(options.folder, `${suite.name}.log`);
  const reportFile = join(options.folder, `${suite.name}.json`);
  await rm(reportFile, { force: true });
  const limit = AbortSignal.timeout(suite.timeoutMs);
  const exitCode = await runJest(suite, {
    ...options,
    logFile,
    reportFile,
    stop: AbortSignal.any([options.signal, limit]),
  });
  const counts = await readCounts({
    reportFile,
    exitCode,
    logFile,
    isTooLong: limit.aborted && !options.signal.aborted,
    suite,
  });
  return { ...counts, suite, durationMs: Date.now() - startedAt, logFile };
}

async function runJest(
  suite: Suite,
  options: RunSuiteOptions & { logFile: string; reportFile: string; stop: AbortSignal },
): Promise<number> {
  if (options.stop.aborted) return 130;
  const log = await open(options.logFile, "w");
  try {
    const child = spawn(process.execPath, jestArguments(suite, options), {
      cwd: repositoryRoot,
      env: { ...process.env, NODE_OPTIONS: nodeOptions(), [runVariable]: options.run, FORCE_COLOR: "0" },
      stdio: ["ignore", log.fd, log.fd, "pipe"],
      // A group of its own: it is stopped as a whole, and a Ctrl-C in the terminal reaches it through this runner only.
      detached: true,
    });
    const groupId = child.pid;
    const onStop = (): void => {
      if (groupId !== undefined) void endProcessGroup(groupId, stopGraceMs);
    };
    options.stop.addEventListener("abort", onStop, { once: true });
    relayProgress(child.stdio[3], options.onProgress);
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => resolve(code ?? 1));
    });
    options.stop.removeEventListener("abort", onStop);
    // What Jest left running would disturb the next suite.
    if (groupId !== undefined) await endProcessGroup(groupId, stopGraceMs);
    return exitCode;
  } finally {
    await log.close();
  }
}

const jestArguments = (
  suite: Suite,
  { reportFile, patterns }: { reportFile: string; patterns: readonly string[] },
): string[] => [
  join(repositoryRoot, "node_modules", "jest", "bin", "jest.js"),
  "--selectProjects",
  suite.name,
  "--ci",
  "--json",
  `--outputFile=${reportFile}`,
  "--reporters=default",
  `--reporters=${join(import.meta.dirname, "progress-reporter.mjs")}`,
  ...suite.jestArgs,
  ...(patterns.length === 0 ? [] : ["--testPathPatterns", ...patterns]),
];

/** Jest needs the flag for ES modules, and says so with a warning that helps nobody. */
const nodeOptions = (): string =>
  [process.env.NODE_OPTIONS, "--experimental-vm-modules", "--disable-warning=ExperimentalWarning"]
    .filter(Boolean)
    .join(" ");

function relayProgress(stream: unknown, onProgress: (progress: Progress) => void): void {
  const lines = createInterface({ input: stream as Readable });
  lines.on("line", (line) => onProgress(Progress.parse(JSON.parse(line))));
}

async function readCounts(what: {
  reportFile: string;
  exitCode: number;
  logFile: string;
  isTooLong: boolean;
  suite: Suite;
}): Promise<Counts> {
  if (what.isTooLong) {
    return crashed(`no end after ${what.suite.timeoutMs / 60_000} minutes, stopped; the log is ${what.logFile}`);
  }
  const text = await readFile(what.reportFile, "utf8").catch(() => undefined);
  if (text === undefined)
    return crashed(`Jest wrote no report (exit code ${what.exitCode}); the log is ${what.logFile}`);
  return countResults(JSON.parse(text), what.exitCode);
}
