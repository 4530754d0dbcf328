import { enableCompileCache } from "node:module";
import { join } from "node:path";
import type { Hints, LifecycleContext } from "../lifecycle/context.ts";
import type { Settings } from "../settings.ts";

/** The clients of one process, made at the first verb that talks to someone. A preview makes none. */
export interface Session {
  /** Runs a verb with a context whose messages appear at the resource that the hints name, or at the stack. */
  run<T>(hints: Hints, verb: (context: LifecycleContext) => Promise<T>): Promise<T>;
}

let open: { settings: Settings; session: Promise<Session> } | undefined;

/** The session for the settings as they are now; another one when they changed. */
export async function openSession(readSettings: () => Settings): Promise<Session> {
  const settings = readSettings();
  if (open === undefined || JSON.stringify(open.settings) !== JSON.stringify(settings)) {
    open = { settings, session: makeSession(settings) };
  }
  return open.session;
}

async function makeSession(settings: Settings): Promise<Session> {
  // Half of what a short run costs is compiling libraries, those of signing in above all: the next process finds it done.
  enableCompileCache(join(settings.cacheDir, "compiled"));
  const [{ createArmClient }, { engineLog }] = await Promise.all([
    import("../arm-client/arm-client.ts"),
    import("./engine-log.ts"),
  ]);
  const client = createArmClient(settings);
  const log = engineLog(process.argv[2]);
  const verbs = stoppableVerbs();
  return {
    run: (hints, verb) =>
      verbs.run((signal) => verb({ settings, client, hints, say: (text) => log(hints.urn ?? "", text), signal })),
  };
}

/**
 * Verbs that a signal to the process stops. The engine lets running verbs end when the user interrupts once, and stops the
 * process when the user insists and at the end of every run. An idle process ends at once then (the engine would wait for
 * seconds before it kills one that does not); a busy one tells its verbs to stop, so that they can say what they left.
 */
function stoppableVerbs() {
  const stop = new AbortController();
  let running = 0;
  const endWhenIdle = () => {
    // The answer of the last verb is still on its way out.
    if (stop.signal.aborted && running === 0) setTimeout(() => process.exit(0), 100);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      if (signal === "SIGTERM" && running === 0) process.exit(0);
      stop.abort(new Error(signal === "SIGTERM" ? "the run was stopped" : "the run was interrupted"));
      endWhenIdle();
    });
  }
  return {
    async run<T>(verb: (signal: AbortSignal) => Promise<T>): Promise<T> {
      running++;
      try {
        return await verb(stop.signal);
      } finally {
        running--;
        endWhenIdle();
      }
    },
  };
}
