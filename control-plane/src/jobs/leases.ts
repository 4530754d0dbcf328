/**
 * Who does which piece of background work, where several replicas could. A lease is a row with a beat that its holder raises; whoever
 * sees the beat stand still for long enough, by its own clock, takes the lease over. docs/decisions/0101
 */
import { randomUUID } from "node:crypto";
import type { Store, Tx } from "../db/store.ts";

export interface LeaseOptions {
  /** A beat that has not changed for so long belongs to a replica that is gone. */
  readonly expiryMs?: number;
  /** Told when work begins here, and how it ended. `work` is the name up to its colon. */
  readonly onBegin?: (work: string) => void;
  readonly onEnd?: (work: string, result: LeaseResult) => void;
}

export type LeaseResult = "done" | "failed" | "lost";

export interface Leases {
  /**
   * Runs the work unless somebody does it already, here or elsewhere. @returns whether it was run to its end
   * @throws what the work throws; LeaseLostError when another replica took over
   */
  hold(name: string, work: (lease: Lease) => Promise<void>): Promise<boolean>;
  /** Asks what runs to end, and gives its leases back. */
  close(): Promise<void>;
}

export interface Lease {
  /** Aborted when the lease is lost or the process stops. */
  readonly signal: AbortSignal;
  /**
   * In the transaction of each write that must not be made by two: a replica that was suspended and wakes up after another one took
   * over changes nothing any more. @throws LeaseLostError
   */
  confirm(tx: Tx): Promise<void>;
}

export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
  constructor(lease: string) {
    super(`The lease '${lease}' was taken over by another replica`);
  }
}

const defaultExpiryMs = 12_000;
const maxSeen = 10_000;

export function createLeases(store: Store, options: LeaseOptions = {}): Leases {
  const { expiryMs = defaultExpiryMs, onBegin, onEnd } = options;
  const stop = new AbortController();
  const running = new Map<string, Promise<boolean>>();
  const seen = new Map<string, { readonly mark: string; readonly at: number }>();
  // The embedded database has one process: what an earlier one left is not held by anybody.
  const isShared = store.dialect === "postgres";

  const watched = async (name: string, lease: Lease, work: (lease: Lease) => Promise<void>): Promise<void> => {
    const kind = name.split(":")[0] ?? name;
    onBegin?.(kind);
    let result: LeaseResult = "failed";
    try {
      await work(lease);
      result = "done";
    } catch (error) {
      if (error instanceof LeaseLostError) result = "lost";
      throw error;
    } finally {
      onEnd?.(kind, result);
    }
  };

  const run = async (name: string, work: (lease: Lease) => Promise<void>): Promise<boolean> => {
    if (!isShared) {
      await watched(name, { signal: stop.signal, confirm: async () => {} }, work);
      return true;
    }
    const holder = randomUUID();
    if (!(await take(name, holder))) return false;
    seen.delete(name);
    const lost = new AbortController();
    const beats = beatUntilLost(name, holder, lost);
    try {
      const lease: Lease = {
        signal: AbortSignal.any([stop.signal, lost.signal]),
        async confirm(tx) {
          const row = await tx.selectFrom("leases").select("holder").where("name", "=", name).executeTakeFirst();
          if (row?.holder !== holder) throw new LeaseLostError(name);
        },
      };
      await watched(name, lease, work);
      return true;
    } finally {
      beats.stop();
      // One that cannot be given back runs out.
      await store
        .writeStatement((db) => db.deleteFrom("leases").where("name", "=", name).where("holder", "=", holder).execute())
        .catch(() => {});
    }
  };

  const take = (name: string, holder: string): Promise<boolean> =>
    store.write(async (tx) => {
      const row = await tx.selectFrom("leases").selectAll().where("name", "=", name).executeTakeFirst();
      if (row === undefined) {
        await tx.insertInto("leases").values({ name, holder, beat: 1 }).execute();
        return true;
      }
      if (!hasStoodStill(name, `${row.holder} ${row.beat}`)) return false;
      await tx.updateTable("leases").set({ holder, beat: 1 }).where("name", "=", name).execute();
      return true;
    });

  const hasStoodStill = (name: string, mark: string): boolean => {
    const now = performance.now();
    const before = seen.get(name);
    if (before?.mark === mark) return now - before.at >= expiryMs;
    // What others hold is of interest while somebody asks for it.
    if (seen.size >= maxSeen) seen.clear();
    seen.set(name, { mark, at: now });
    return false;
  };

  const beatUntilLost = (name: string, holder: string, lost: AbortController): { stop(): void } => {
    let confirmedAt = performance.now();
    const timer = setInterval(() => {
      const startedAt = performance.now();
      const beat = store.writeStatement((db) =>
        db
          .updateTable("leases")
          .set((eb) => ({ beat: eb("beat", "+", 1) }))
          .where("name", "=", name)
          .where("holder", "=", holder)
          .executeTakeFirst(),
      );
      beat.then(
        ({ numUpdatedRows }) => {
          if (numUpdatedRows > 0n) confirmedAt = startedAt;
          else lost.abort(new LeaseLostError(name));
        },
        () => {
          // The others see no beat either, and may have begun.
          if (performance.now() - confirmedAt > expiryMs) lost.abort(new LeaseLostError(name));
        },
      );
    }, expiryMs / 4);
    return { stop: () => clearInterval(timer) };
  };

  return {
    hold(name, work) {
      if (stop.signal.aborted || running.has(name)) return Promise.resolve(false);
      const result = run(name, work).finally(() => {
        running.delete(name);
      });
      running.set(name, result);
      return result;
    },
    async close() {
      stop.abort();
      await Promise.allSettled(running.values());
    },
  };
}
