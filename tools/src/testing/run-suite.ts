import { spawn } from "node:child_process";
import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { formatElapsed } from "../setup/progress.ts";
import { repositoryRoot } from "../setup/repository.ts";
import { endProcessGroup, runVariable } from "./end-processes.ts";
import { type Counts, countResults, crashed } from "./jest-report.ts";
import { Progress } from "./progress.ts";
import type { Suite } from "./suites.ts";
import type { Standing, UnderWay } from "./under-way.ts";

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
  /** Ends a suite that is stuck. Default: after its time. */
  readonly limit?: AbortSignal;
  /** Kept up to date while the suite runs. */
  readonly underWay: UnderWay;
  /** More of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder with Jest's configuration. Default: this repository. */
  readonly root?: string;
}

const stopGraceMs = 15_000;
/** For the last lines of progress, should somebody else hold Jest's side of the pipe. */
const lastWordsMs = 5_000;
const logTailLines = 20;

/** Runs one suite in a Jest of its own and counts its results. Never throws for what a suite did: a crash is a result. */
export async function runSuite(suite: Suite, options: RunSuiteOptions): Promise<SuiteResult> {
  const startedAt = Date.now();
  const logFile = join(options.folder, `${suite.name}.log`);
  const reportFile = join(options.folder, `${suite.name}.json`);
  await rm(reportFile, { force: true });
  const { limit = AbortSignal.timeout(suite.timeoutMs) } = options;
  const stop = AbortSignal.any([options.signal, limit]);
  const end = await runJest(suite, { ...options, logFile, reportFile, stop });
  const isTooLong = limit.aborted && !options.signal.aborted;
  const counts = await readCounts({ ...end, reportFile, logFile, isTooLong, suite });
  return { ...counts, suite, durationMs: Date.now() - startedAt, logFile };
}

/** How a Jest ended, and what it was at when it was stopped or ended. */
interface JestEnd {
  readonly exitCode: number;
  readonly how: string;
  readonly standing: Standing;
}

async function runJest(
  suite: Suite,
  options: RunSuiteOptions & { logFile: string; reportFile: string; stop: AbortSignal },
): Promise<JestEnd> {
  if (options.stop.aborted) return { exitCode: 130, how: "not started", standing: options.underWay.standing() };
  const log = await open(options.logFile, "w");
  try {
    const { root = repositoryRoot, underWay } = options;
    const child = spawn(process.execPath, jestArguments(suite, options), {
      cwd: root,
      env: {
        ...process.env,
        ...options.env,
        NODE_OPTIONS: nodeOptions(),
        [runVariable]: options.run,
        FORCE_COLOR: "0",
      },
      stdio: ["ignore", log.fd, log.fd, "pipe"],
      // A group of its own: it is stopped as a whole, and a Ctrl-C in the terminal reaches it through this runner only.
      detached: true,
    });
    const groupId = child.pid;
    let standing: Standing | undefined;
    const onStop = (): void => {
      // Now: what is ended next fails whatever it was at.
      standing = underWay.standing();
      if (groupId !== undefined) void endProcessGroup(groupId, stopGraceMs);
    };
    options.stop.addEventListener("abort", onStop, { once: true });
    const told = relayProgress(child.stdio[3], options);
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (...end) => resolve(end));
    });
    options.stop.removeEventListener("abort", onStop);
    // What Jest left running would disturb the next suite.
    if (groupId !== undefined) await endProcessGroup(groupId, stopGraceMs);
    await Promise.race([told, delay(lastWordsMs, undefined, { ref: false })]);
    return {
      exitCode: code ?? 1,
      how: signal === null ? `exit code ${code}` : `killed by ${signal}`,
      standing: standing ?? underWay.standing(),
    };
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

/** Ends when Jest has closed its side. */
async function relayProgress(stream: unknown, { underWay, onProgress }: RunSuiteOptions): Promise<void> {
  for await (const line of createInterface({ input: stream as Readable })) {
    const progress = Progress.parse(JSON.parse(line));
    underWay.note(progress);
    onProgress(progress);
  }
}

async function readCounts(
  what: JestEnd & { reportFile: string; logFile: string; isTooLong: boolean; suite: Suite },
): Promise<Counts> {
  const { isTooLong, suite, how, standing, logFile } = what;
  const text = await readFile(what.reportFile, "utf8").catch(() => undefined);
  if (text !== undefined && !isTooLong) return countResults(JSON.parse(text), what.exitCode);
  const why = isTooLong ? `no end after ${formatElapsed(suite.timeoutMs)}, stopped` : `Jest wrote no report (${how})`;
  return crashed([why, ...atTheEnd(standing, text !== undefined), ...(await tailOf(logFile))].join("\n"), standing);
}

function atTheEnd({ doing }: Standing, hasReport: boolean): string[] {
  if (doing.length > 0) return ["what it was at:", ...doing.map((line) => `  ${line}`)];
  return [hasReport ? "every file had ended, Jest itself had not" : "no test file had begun that had not ended"];
}

async function tailOf(logFile: string): Promise<string[]> {
  const text = await readFile(logFile, "utf8").catch((error: unknown) => `(it cannot be read: ${String(error)})`);
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return ["the last lines of its log:", ...lines.slice(-logTailLines).map((line) => `  ${line}`)];
}
