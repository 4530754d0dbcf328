import type { Logger } from "pino";
import type { Clock } from "../../clock.ts";
import type { Store } from "../../db/store.ts";

const intervalMs = 15 * 60 * 1000;
const tables = ["browser_sessions", "authorization_codes", "device_codes", "refresh_tokens"] as const;

export interface ForgetSignInsServices {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Removes codes, sessions and refresh tokens that have ended. Returns the function that stops looking. */
export function forgetSignInsRegularly(services: ForgetSignInsServices): () => void {
  const run = (): void => {
    forgetSignIns(services).catch((error) => services.log.error({ err: error }, "ended sign-ins were not removed"));
  };
  const timer = setInterval(run, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}

export async function forgetSignIns({ store, clock }: Omit<ForgetSignInsServices, "log">): Promise<void> {
  const now = clock.now().toISOString();
  for (const table of tables) {
    await store.write((tx) => tx.deleteFrom(table).where("expires_at", "<=", now).execute());
  }
}
