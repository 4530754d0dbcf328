/**
 * Messages between replicas by LISTEN and NOTIFY, on a connection of their own. Where the server knows neither, or a pooler
 * stands in between, `isConnected` says so and the listeners look into the database more often.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import pg, { type ClientConfig } from "pg";
import type { Messages } from "../store.ts";

const channel = "arcfleet";
/** Messages that come close together cost one statement. */
const gatherMs = 5;
/** PostgreSQL takes less than 8,000 bytes. */
const maxPayload = 7000;
const maxWaiting = 10_000;
const reconnectMs = 1000;
const checkMs = 15_000;
const separator = "\n";

export interface MessagesOptions {
  readonly clientConfig: () => ClientConfig;
  /** Runs a statement on any connection. */
  readonly run: (sql: string, parameters: readonly unknown[]) => Promise<unknown>;
}

export interface OpenMessages extends Messages {
  close(): Promise<void>;
}

export function openMessages({ clientConfig, run }: MessagesOptions): OpenMessages {
  /** Leads each payload: a process need not hear itself. */
  const sender = randomUUID().slice(0, 8);
  const listeners = new Set<(message: string) => void>();
  const stop = new AbortController();
  let isConnected = false;
  let waiting: string[] = [];
  let timer: NodeJS.Timeout | undefined;

  const receive = (payload: string): void => {
    const [from, ...messages] = payload.split(separator);
    if (from === sender) return;
    for (const message of messages) for (const listener of listeners) listener(message);
  };

  const flush = (): void => {
    timer = undefined;
    const messages = waiting;
    waiting = [];
    for (const payload of packed(sender, messages)) {
      // Lost ones are found by looking.
      run("select pg_notify($1, $2)", [channel, payload]).catch(() => {});
    }
  };

  const listenOnce = async (): Promise<void> => {
    const client = new pg.Client(clientConfig());
    const ended = new Promise<void>((resolve) => client.once("end", resolve));
    client.on("error", () => {});
    client.on("notification", ({ payload = "" }) => receive(payload));
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      isConnected = true;
      while (!stop.signal.aborted) {
        const isOver = await Promise.race([
          ended.then(() => true),
          delay(checkMs, false, { signal: stop.signal, ref: false }).catch(() => true),
        ]);
        if (isOver) return;
        // A primary that became a standby answers, and never sends anything again.
        const { rows } = await client.query("select current_setting('transaction_read_only') as read_only");
        if (rows[0]?.read_only === "on") return;
      }
    } finally {
      isConnected = false;
      await client.end().catch(() => {});
    }
  };

  const listening = (async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await listenOnce().catch(() => {});
      await delay(reconnectMs * (0.5 + Math.random()), undefined, { signal: stop.signal, ref: false }).catch(() => {});
    }
  })();

  return {
    isConnected: () => isConnected,
    send(message) {
      if (stop.signal.aborted || waiting.length >= maxWaiting) return;
      waiting.push(message);
      timer ??= setTimeout(flush, gatherMs);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      stop.abort();
      clearTimeout(timer);
      await listening;
    },
  };
}

function packed(sender: string, messages: readonly string[]): string[] {
  const payloads: string[] = [];
  let payload = sender;
  for (const message of new Set(messages)) {
    const next = `${payload}${separator}${message}`;
    if (Buffer.byteLength(next) <= maxPayload) {
      payload = next;
      continue;
    }
    if (payload !== sender) payloads.push(payload);
    payload = `${sender}${separator}${message}`;
  }
  if (payload !== sender) payloads.push(payload);
  return payloads.filter((each) => Buffer.byteLength(each) <= maxPayload);
}
