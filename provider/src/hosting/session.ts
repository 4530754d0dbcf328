import { enableCompileCache } from "node:module";
import { join } from "node:path";
import type { Hints, LifecycleContext } from "../lifecycle/context.ts";
import type { Settings } from "../settings/index.ts";
import type { EngineLog } from "./engine-log.ts";
import { stoppableVerbs } from "./stoppable-verbs.ts";

/** The clients of one process, made at the first verb that talks to someone. A preview makes none. */
export interface Session {
  /** Runs a verb with a context whose messages appear at the resource that the hints name, or at the stack. */
  run<T>(hints: Hints, verb: (context: LifecycleContext) => Promise<T>): Promise<T>;
}

let verbs: ReturnType<typeof stoppableVerbs> | undefined;

/** Stops the running verbs, as far as there are any. */
export const interruptVerbs = (): void => verbs?.interrupt();

let open: { settings: Settings; session: Promise<Session> } | undefined;

/** The session for the settings as they are now; another one when they changed. */
export async function openSession(readSettings: () => Settings): Promise<Session> {
  const settings = readSettings();
  if (open === undefined || JSON.stringify(open.settings) !== JSON.stringify(settings)) {
    open = { settings, session: makeSession(settings) };
  }
  return open.session;
}

let log: Promise<EngineLog> | undefined;

/** The engine's log, opened when there is something to say. */
export function openLog(): Promise<EngineLog> {
  // The engine may put flags of its own before its address.
  const address = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  log ??= import("./engine-log.ts").then(({ engineLog }) => engineLog(address));
  return log;
}

async function makeSession(settings: Settings): Promise<Session> {
  // Half of what a short run costs is compiling libraries, those of signing in above all: the next process finds it done.
  enableCompileCache(join(settings.cacheDir, "compiled"));
  const [{ createArmClient }, log] = await Promise.all([import("../arm-client/arm-client.ts"), openLog()]);
  const client = createArmClient(settings);
  verbs ??= stoppableVerbs();
  const { run } = verbs;
  return {
    run: (hints, verb) =>
      run((signal) =>
        verb({
          settings,
          client,
          hints,
          say: (text) => log(hints.urn ?? "", text),
          warn: (text) => log(hints.urn ?? "", text, "warning"),
          signal,
        }),
      ),
  };
}
