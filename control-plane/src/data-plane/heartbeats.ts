/**
 * Heartbeats are by far the most frequent write. They are gathered for a moment and saved together in one statement; each caller is
 * answered after that, so an accepted heartbeat is a saved one.
 */
import type { Heartbeat } from "@arcfleet/contract";
import { sql } from "kysely";
import type { Clock } from "../clock.ts";
import type { Store } from "../db/store.ts";
import { DomainError } from "../errors.ts";

const FLUSH_INTERVAL_MS = 250;
/** Rows in one statement: each has four parameters, and databases limit their number. */
const MAX_ROWS = 1000;
const MAX_WAITING = 50_000;

interface Row {
  readonly clusterKey: string;
  readonly at: string;
  readonly certificateExpires: string | null;
  readonly metadata: string;
}

interface Pending {
  row: Row;
  readonly resolve: (() => void)[];
  readonly reject: ((error: unknown) => void)[];
}

export interface Heartbeats {
  /** Resolves when the heartbeat was saved. A heartbeat of a cluster that is gone is dropped. */
  record(clusterKey: string, heartbeat: Heartbeat): Promise<void>;
  /** Saves what is waiting. */
  close(): Promise<void>;
}

/** Only ever an update: a late heartbeat cannot bring a deleted cluster back. */
async function save(store: Store, rows: readonly Row[]): Promise<void> {
  const values = sql.join(
    rows.map((row) => sql`(${row.clusterKey}, ${row.at}, ${row.certificateExpires}, ${row.metadata})`),
  );
  await store.writeStatement((db) =>
    sql`with beats (cluster_key, at, certificate_expires, metadata) as (values ${values})
      update cluster_status set
        last_connectivity = beats.at,
        certificate_expires = coalesce(beats.certificate_expires, cluster_status.certificate_expires),
        metadata = beats.metadata
      from beats where cluster_status.cluster_key = beats.cluster_key`.execute(db),
  );
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
        await save(
          store,
          part.map(({ row }) => row),
        );
        for (const { resolve } of part) for (const done of resolve) done();
      } catch (error) {
        for (const { reject } of part) for (const fail of reject) fail(error);
      }
    }
  };

  return {
    record(clusterKey, heartbeat) {
      const row: Row = {
        clusterKey,
        at: clock.now().toISOString(),
        certificateExpires: heartbeat.managedIdentityCertificateExpirationTime ?? null,
        metadata: JSON.stringify(heartbeat),
      };
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
