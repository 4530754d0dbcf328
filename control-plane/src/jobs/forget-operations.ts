import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import type { Services } from "../services.ts";
import { regularly } from "./regularly.ts";

const intervalMs = 15 * 60 * 1000;
/** Some milliseconds of the one writer: other writes find their turn in between. */
const batchSize = 200;
/** A run does at most this much, however much there is; the next one goes on. Enough for millions of operations a day. */
const batchesPerRun = 250;
/** A clock that went further than this beside the time that passed was set, and may be set back. */
const jumpMs = 5 * 60 * 1000;

/** Removes operations that ended longer ago than they are kept. Returns the function that stops looking. */
export const forgetOperationsRegularly = (services: Services): (() => void) => {
  const forget = createForgetOperations(services);
  return regularly(services, { name: "forget-operations", intervalMs, run: async () => void (await forget()) });
};

export interface Forgotten {
  readonly removed: number;
  /** False when there is more. */
  readonly isDone: boolean;
}

/**
 * One run removes a bounded number, oldest first. What runs still is never touched, and nothing is while the clock has just been set:
 * a clock that is a year ahead for a minute must not take away what clients poll.
 * @param elapsedMs the time that passed, by a clock that nobody sets
 */
export function createForgetOperations(
  services: Pick<Services, "store" | "clock" | "settings">,
  elapsedMs: () => number = () => performance.now(),
): () => Promise<Forgotten> {
  const { store, clock, settings } = services;
  /** Constant while nobody sets the clock. */
  const offset = (): number => clock.now().getTime() - elapsedMs();
  let offsetBefore = offset();
  return async () => {
    const offsetNow = offset();
    const wasSet = Math.abs(offsetNow - offsetBefore) > jumpMs;
    offsetBefore = offsetNow;
    if (wasSet) return { removed: 0, isDone: true };
    const before = new Date(clock.now().getTime() - settings.operationRetentionMs).toISOString();
    let removed = 0;
    for (let batch = 0; batch < batchesPerRun; batch++) {
      const ids = (await oldOperations(store.read, before).execute()).map(({ id }) => id);
      if (ids.length === 0) return { removed, isDone: true };
      await store.write((tx) => tx.deleteFrom("operations").where("id", "in", ids).execute());
      removed += ids.length;
    }
    return { removed, isDone: false };
  };
}

/** The next ones to go. */
export const oldOperations = (db: Kysely<Tables>, before: string) =>
  db.selectFrom("operations").select("id").where("ended_at", "<", before).orderBy("ended_at").limit(batchSize);
