/**
 * Connections to the primary, wherever that is at present. Each new connection is asked whether it may write; a standby, or a primary
 * that is gone, makes the next one go to the next host of the URL.
 */
import { setTimeout as delay } from "node:timers/promises";
import pg, { type ClientConfig, type PoolClient } from "pg";
import type { SqlResult } from "../sql-connection.ts";
import type { ConnectionLoad } from "../store.ts";
import type { ConnectionSettings } from "./connection-settings.ts";
import { failureOf } from "./failures.ts";

export interface ConnectionsOptions {
  /** Asked for each new connection, so that a changed password is found without a restart. */
  readonly settings: () => ConnectionSettings;
  readonly max: number;
  /** Sent once on each new connection. */
  readonly prepare: readonly string[];
  readonly statementTimeoutMs: number;
  /** Told when idle connections break; whoever needs one next gets a new one. */
  readonly onLost?: (error: Error) => void;
}

export interface Connections {
  /** A connection of one's own. While the database is away it is waited for a moment. @throws whatever the last try met */
  acquire(): Promise<Connection>;
  /**
   * Whether something between us and the server gives one session of it to several connections. What is set on a connection, such as
   * that commits are flushed, would then hold for others or not at all.
   */
  sharesSessions(): Promise<boolean>;
  /** For a connection outside of the pool. */
  clientConfig(): ClientConfig;
  load(): ConnectionLoad;
  close(): Promise<void>;
}

export interface Connection {
  /** Statements that are issued together travel together. */
  run(sql: string, parameters?: readonly unknown[]): Promise<SqlResult>;
  /** Several statements in one text, without parameters; answers with the tag of the last. */
  script(sql: string): Promise<string>;
  onNotice(listener: (severity: string) => void): () => void;
  /** Gives it back; one that is in doubt is closed. */
  release(isBroken: boolean): void;
}

/** For a short interruption such as a failover nobody needs to be sent away; in a longer one nobody should pile up. */
const patienceMs = 2000;
const connectTimeoutMs = 5000;
/** A burst of requests waits for the connections that there are, about as long as clients wait for an answer. */
const queueTimeoutMs = 20_000;
/** Enough for every statement of the service; those with lists of their own length are prepared each time. */
const maxPrepared = 500;

export function openConnections(options: ConnectionsOptions): Connections {
  let hostIndex = 0;
  let awaySince: number | undefined;
  const { settings, prepare, onLost } = options;

  const clientConfig = (): ClientConfig => {
    const { hosts, user, password, database } = settings();
    const { host, port, ssl } = hosts[hostIndex % hosts.length] ?? hosts[0];
    return {
      ...{ host, port, ssl, user, database, pipeline: true, keepAlive: true, keepAliveInitialDelayMillis: 10_000 },
      ...(password === undefined ? {} : { password }),
      application_name: "arcfleet",
      connectionTimeoutMillis: connectTimeoutMs,
      // The server ends long statements by itself; this is for a server that has fallen silent.
      query_timeout: options.statementTimeoutMs + 5000,
      types: { getTypeParser },
    };
  };
  class PrimaryClient extends pg.Client {
    constructor() {
      super(clientConfig());
    }
  }

  const pool = new pg.Pool({
    Client: PrimaryClient,
    max: options.max,
    connectionTimeoutMillis: queueTimeoutMs,
    idleTimeoutMillis: 60_000,
    allowExitOnIdle: true,
    verify(client, done) {
      prepareConnection(client, [`set statement_timeout = ${options.statementTimeoutMs}`, ...prepare]).then(
        () => done(),
        done,
      );
    },
  });
  pool.on("error", (error) => onLost?.(error));
  // Between two uses of a connection the pool listens for its end; while it is in use its statements fail, and that is enough.
  pool.on("connect", (client) => client.on("error", () => {}));

  return {
    async acquire() {
      for (let attempt = 0; ; attempt++) {
        try {
          const client = await pool.connect();
          awaySince = undefined;
          return connectionOf(client);
        } catch (error) {
          if (failureOf(error) !== "away") throw error;
          hostIndex += 1;
          const now = performance.now();
          awaySince ??= now;
          if (now - awaySince > patienceMs && attempt >= settings().hosts.length - 1) throw error;
          await delay(20 + Math.random() * 100);
        }
      }
    },
    async sharesSessions() {
      const clients = await Promise.all([pool.connect(), pool.connect()]);
      try {
        // A pooler takes the session that was used last, unless others were faster.
        for (let attempt = 0; attempt < 5; attempt++) {
          const sessions: unknown[] = [];
          for (const client of clients)
            sessions.push((await client.query("select pg_backend_pid() as id")).rows[0]?.id);
          if (new Set(sessions).size < clients.length) return true;
        }
        return false;
      } finally {
        for (const client of clients) client.release();
      }
    },
    clientConfig,
    load: () => ({
      busy: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    close: () => pool.end(),
  };
}

async function prepareConnection(client: PoolClient, statements: readonly string[]): Promise<void> {
  const { rows } = await client.query(
    "select current_setting('transaction_read_only') as read_only, current_setting('server_encoding') as encoding, current_setting('synchronous_commit') as flush",
  );
  const [state] = rows;
  if (state?.read_only === "on") {
    // The code that a write would meet.
    throw Object.assign(new Error("The database server is a standby, or is set read-only"), { code: "25006" });
  }
  if (state?.encoding !== "UTF8") {
    throw new Error(`The database has the encoding ${state?.encoding}; make it anew with UTF8`);
  }
  // What was acknowledged must survive a power failure, whatever somebody set for everything else on this server.
  const durable = state?.flush === "off" ? ["set synchronous_commit = on"] : [];
  await client.query([...statements, ...durable].join("; "));
}

function connectionOf(client: PoolClient): Connection {
  const { stream } = client.connection;
  let isGathering = false;
  /** What is issued in one turn of the event loop leaves in one packet: the server is woken once, and reads once. */
  const gather = (): void => {
    if (isGathering) return;
    isGathering = true;
    stream.cork();
    setImmediate(() => {
      isGathering = false;
      stream.uncork();
    });
  };
  return {
    async run(sql, parameters = []) {
      gather();
      const name = preparedName(sql);
      const { rows, rowCount } = await client.query({
        ...(name === undefined ? {} : { name }),
        text: sql,
        values: parameters.map(toParameter),
      });
      return { rows, changes: rowCount ?? 0 };
    },
    async script(sql) {
      gather();
      const result: unknown = await client.query(sql);
      const last: unknown = Array.isArray(result) ? result.at(-1) : result;
      return typeof last === "object" && last !== null && "command" in last ? String(last.command) : "";
    },
    onNotice(listener) {
      const onNotice = (notice: { readonly severity?: string | undefined }): void => listener(notice.severity ?? "");
      client.on("notice", onNotice);
      return () => client.removeListener("notice", onNotice);
    },
    release: (isBroken) => client.release(isBroken),
  };
}

const preparedNames = new Map<string, string>();

/** The name under which a statement is kept ready on each connection. */
function preparedName(sql: string): string | undefined {
  const known = preparedNames.get(sql);
  if (known !== undefined) return known;
  if (preparedNames.size >= maxPrepared) return undefined;
  const name = `arcfleet_${preparedNames.size}`;
  preparedNames.set(sql, name);
  return name;
}

/** The same values as SQLite takes: flags are 0 and 1, bytes are bytes, and objects were written as text before. */
function toParameter(value: unknown): unknown {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value === undefined || value === null || typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw new TypeError(`A ${typeof value} cannot be bound to a statement; write objects as JSON text`);
}

/** 64-bit integers and decimals (counts, sums) as numbers: none of ours is beyond 2^53. */
const numeric = new Set([20, 1700]);
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: "text" | "binary") =>
  numeric.has(oid) && format !== "binary" ? Number : pg.types.getTypeParser(oid, format);
