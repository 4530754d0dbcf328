/**
 * Heartbeats are by far the most frequent write. They are gathered for a moment and saved together in one statement; each caller is
 * answered after that, so an accepted heartbeat is a saved one.
 */
import type { Heartbeat } from "@arcfleet/contract";
import { type RawBuilder, sql } from "kysely";
import type { Clock } from "../clock.ts";
import type { SqlDialect } from "../db/kysely-dialect.ts";
import type { Store } from "../db/store.ts";
import { DomainError } from "../errors.ts";

const FLUSH_INTERVAL_MS = 250;
/** Rows in one statement: other writes find their turn in between. */
const MAX_ROWS = 1000;
const MAX_WAITING = 50_000;

/** A heartbeat as it is saved. */
export interface Facts {
  readonly certificateExpires: string | null;
  readonly metadata: string;
}

interface Row extends Facts {
  readonly clusterKey: string;
  readonly at: string;
}

interface Pending {
  row: Row;
  readonly resolve: ((generation: number | undefined) => void)[];
  readonly reject: ((error: unknown) => void)[];
}

export interface Heartbeats {
  /**
   * Resolves when the heartbeat was saved, with the generation of the cluster's desired state. A heartbeat of a cluster that is gone is
   * dropped, and there is none.
   */
  record(clusterKey: string, facts: Facts): Promise<number | undefined>;
  /** Saves what is waiting. */
  close(): Promise<void>;
}

export const factsOf = (heartbeat: Heartbeat): Facts => ({
  certificateExpires: heartbeat.managedIdentityCertificateExpirationTime ?? null,
  metadata: JSON.stringify(heartbeat),
});

/** The rows are one parameter, so that the statement is the same for any number of them, and prepared once. */
const rowsOf: Readonly<Record<SqlDialect, (rows: string) => RawBuilder<unknown>>> = {
  sqlite: (rows) =>
    sql`select value ->> 'clusterKey' as cluster_key, value ->> 'at' as at,
          value ->> 'certificateExpires' as certificate_expires, value ->> 'metadata' as metadata from json_each(${rows})`,
  postgres: (rows) =>
    sql`select "clusterKey" as cluster_key, at, "certificateExpires" as certificate_expires, metadata
          from json_to_recordset(${rows}::json) as beat ("clusterKey" text, at text, "certificateExpires" text, metadata text)`,
};

/**
 * Only ever an update: a late heartbeat cannot bring a deleted cluster back.
 * @returns the generations of the clusters that are there
 */
async function save(store: Store, rows: readonly Row[]): Promise<Map<string, number>> {
  const { rows: saved } = await store.writeStatement((db) =>
    sql<{ key: string; generation: number }>`with beats as (${rowsOf[store.dialect](JSON.stringify(rows))})
      update cluster_status set
        last_connectivity = beats.at,
        certificate_expires = coalesce(beats.certificate_expires, cluster_status.certificate_expires),
        metadata = beats.metadata
      from beats where cluster_status.cluster_key = beats.cluster_key
      returning cluster_status.cluster_key as key, cluster_status.generation as generation`.execute(db),
  );
  return new Map(saved.map(({ key, generation }) => [key, generation]));
}

export function createHeartbeats(store: Store, clock: Clock): Heartbeats {
  let pending = new Map<string, Pending>();
  let timer: NodeJS.Timeout | undefined;

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    // In one order everywhere, so that two replicas that save the same clusters do not wait for each other.
    const batch = [...pending.values()].sort((a, b) => (a.row.clusterKey < b.row.clusterKey ? -1 : 1));
    pending = new Map();
    for (let start = 0; start < batch.length; start += MAX_ROWS) {
      const part = batch.slice(start, start + MAX_ROWS);
      try {
        const generations = await save(
          store,
          part.map(({ row }) => row),
        );
        for (const { row, resolve } of part) for (const done of resolve) done(generations.get(row.clusterKey));
      } catch (error) {
        for (const { reject } of part) for (const fail of reject) fail(error);
      }
    }
  };

  return {
    record(clusterKey, facts) {
      const row: Row = { ...facts, clusterKey, at: clock.now().toISOString() };
      return new Promise((resolve, reject) => {
        const waiting = pending.get(clusterKey);
        if (waiting === undefined && pending.size >= MAX_WAITING) {
          reject(
            new DomainError("ServiceUnavailable", "Too many heartbeats are waiting to be saved; send it again.", {
              headers: { "retry-after": "5" },
            }),
          );
          return;
        }
        const entry = waiting ?? { row, resolve: [], reject: [] };
        entry.row = row;
        entry.resolve.push(resolve);
        entry.reject.push(reject);
        pending.set(clusterKey, entry);
        timer ??= setTimeout(() => void flush(), FLUSH_INTERVAL_MS);
      });
    },
    close: flush,
  };
}
