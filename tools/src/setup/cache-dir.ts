import { homedir } from "node:os";
import { join } from "node:path";

/** Where everything that set-up fetches or builds is kept: outside the repository, shared by all checkouts. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return env.ARCFLEET_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "arcfleet");
}
