import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { endMarkedProcesses } from "../testing/end-processes.ts";
import { EngineEvent, type ResourceStep, toStep, withoutColours } from "./engine-event.ts";

export interface EngineRun {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  /** Interrupts the engine as Ctrl-C does: it finishes what runs and saves its state. */
  readonly signal?: AbortSignal;
  /** Kills the engine with all that it started, as power that fails does: nothing is finished and nothing saved. */
  readonly crash?: AbortSignal;
  readonly onEvent?: (event: EngineEvent) => void;
}

export interface EngineResult {
  readonly exitCode: number;
  /** The steps the engine took or would take, those without a change included. */
  readonly steps: readonly ResourceStep[];
  /** Number of resources by operation, `{ create: 2, same: 5 }`. */
  readonly changes: Readonly<Record<string, number>>;
  /** Errors and warnings as the user sees them. */
  readonly diagnostics: readonly string[];
  /** Progress texts and everything else that was said. */
  readonly output: string;
  readonly durationMs: number;
}

/** For what had begun when it was interrupted, such as an installation: an engine that is killed leaves a lock and forgets what it made. */
const killGraceMs = 5 * 60_000;

/** Marks everything that one run of the engine starts: its plugins make themselves process groups of their own. */
const engineRunVariable = "ARCFLEET_ENGINE_RUN";

/** Runs one `pulumi … --json` and reads its events as they come. Resolves whatever the exit code. */
export async function runEngine(run: EngineRun): Promise<EngineResult> {
  const startedAt = performance.now();
  const steps: ResourceStep[] = [];
  const diagnostics: string[] = [];
  const output: string[] = [];
  let changes: Record<string, number> = {};

  const take = (line: string): void => {
    const event = parseEvent(line);
    if (event === undefined) {
      output.push(line);
      return;
    }
    if (event.resourcePreEvent) steps.push(toStep(event.resourcePreEvent.metadata));
    if (event.diagnosticEvent && event.diagnosticEvent.severity !== "debug") {
      const text = withoutColours(event.diagnosticEvent.message).trim();
      output.push(text);
      if (["error", "warning"].includes(event.diagnosticEvent.severity)) diagnostics.push(text);
    }
    if (event.summaryEvent) changes = event.summaryEvent.resourceChanges ?? {};
    run.onEvent?.(event);
  };

  const engineRun = randomUUID();
  const child = spawn("pulumi", [...run.args, "--json", "--non-interactive", "--color", "never"], {
    cwd: run.cwd,
    env: { ...run.env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true", [engineRunVariable]: engineRun },
    stdio: ["ignore", "pipe", "pipe"],
    // A Ctrl-C in the terminal must reach the engine once, through us: the second one makes it drop everything.
    detached: true,
  });
  createInterface({ input: child.stdout }).on("line", take);
  createInterface({ input: child.stderr }).on("line", (line) => {
    output.push(line);
    if (line.startsWith("error:")) diagnostics.push(line);
  });
  const stop = AbortSignal.any([AbortSignal.timeout(run.timeoutMs), ...(run.signal === undefined ? [] : [run.signal])]);
  run.crash?.addEventListener("abort", () => void endMarkedProcesses(engineRun, engineRunVariable), { once: true });
  let killTimer: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    child.kill("SIGINT");
    killTimer = setTimeout(() => child.kill("SIGKILL"), killGraceMs);
  };
  if (stop.aborted) onStop();
  stop.addEventListener("abort", onStop, { once: true });
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
    return {
      exitCode,
      steps,
      changes,
      diagnostics,
      output: output.join("\n"),
      durationMs: performance.now() - startedAt,
    };
  } finally {
    clearTimeout(killTimer);
    stop.removeEventListener("abort", onStop);
  }
}

function parseEvent(line: string): EngineEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return EngineEvent.parse(JSON.parse(line));
  } catch {
    // A program may print anything, also what looks like JSON.
    return undefined;
  }
}
