import type { Services } from "../services.ts";
import { LeaseLostError } from "./leases.ts";

export interface RegularWork {
  /** Of the lease; one replica at a time does it. */
  readonly name: string;
  readonly intervalMs: number;
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

/** Does something again and again. Returns the function that stops. */
export function regularly(
  { leases, log }: Pick<Services, "leases" | "log">,
  { name, intervalMs, run }: RegularWork,
): () => void {
  const once = (): void => {
    leases
      .hold(name, async ({ signal }) => void (await run(signal)))
      .catch((error: unknown) => {
        if (!(error instanceof LeaseLostError))
          log.error({ err: error, job: name }, "regular work failed; it is done again later");
      });
  };
  // Spread, so that replicas that were started together do not all ask at once.
  const timer = setInterval(once, intervalMs * (0.9 + Math.random() * 0.2));
  timer.unref();
  return () => clearInterval(timer);
}
