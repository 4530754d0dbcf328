import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { look, type ReadinessStep } from "./readiness.ts";

const LOG_LINES = 8;
const POLL_MS = 150;
/** A component may end a few times while those it needs come up; one that goes on ending never will run. */
const MAX_EXITS = 15;

/** The end of a log, for an error message. */
export function lastLines(file: string, count = LOG_LINES): string {
  if (!existsSync(file)) return "  (no log)";
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines
    .slice(-count)
    .map((line) => `  ${line.slice(0, 400)}`)
    .join("\n");
}

/** How often a component has ended; the node's script writes one line for each. */
function exitsOf(name: string, logs: string): number {
  const file = join(logs, `${name}.log.exits`);
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n").length : 0;
}

export interface WaitOptions {
  readonly cluster: string;
  readonly logs: string;
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** Whether the node still runs: without it no step can ever hold. */
  readonly isAlive: () => boolean;
}

/** Waits until a step holds; the error of a timeout names what was missing, and shows the logs of those who may be why. */
export async function waitForStep(step: ReadinessStep, options: WaitOptions): Promise<void> {
  for (;;) {
    options.signal.throwIfAborted();
    const missing = await look(step);
    if (missing === undefined) return;
    if (!options.isAlive())
      throw new Error(
        failure(`cluster ${options.cluster}: its node ended while waiting for ${step.what}`, ["node"], options.logs),
      );
    const ending = step.suspects.filter((name) => exitsOf(name, options.logs) >= MAX_EXITS);
    if (ending.length > 0) {
      throw new Error(
        failure(`cluster ${options.cluster}: ${ending.join(" and ")} ends again and again`, ending, options.logs),
      );
    }
    if (Date.now() > options.deadline) {
      throw new Error(
        failure(
          `cluster ${options.cluster}: gave up waiting for ${step.what} (${missing})`,
          step.suspects,
          options.logs,
        ),
      );
    }
    await sleep(POLL_MS, undefined, { signal: options.signal });
  }
}

function failure(sentence: string, suspects: readonly string[], logs: string): string {
  const ends = suspects.map((name) => {
    const file = join(logs, `${name}.log`);
    return `last lines of ${name} (${file}):\n${lastLines(file)}`;
  });
  return [sentence, ...ends].join("\n");
}
