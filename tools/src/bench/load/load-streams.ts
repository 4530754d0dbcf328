import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import { cpuSeconds } from "./cpu-time.ts";
import { type LoadResult, type LoadTarget, percentile, warmUpSeconds } from "./load.ts";

export interface StreamLoad {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface StreamLoadOptions {
  readonly message: string;
  readonly seconds: number;
  /** Whether an answer is a success. */
  isGood(answer: string): boolean;
  readonly signal: AbortSignal;
}

const openedAtOnce = 16;

/**
 * Messages over WebSockets that stay open, on each the next one as soon as the last was answered: there is never more than one under way on
 * a stream. The generator's own processor time is not counted, that of the target's processes is. @throws when a stream ends or an answer is no success
 */
export async function loadStreams(
  target: LoadTarget,
  loads: readonly StreamLoad[],
  { message, seconds, isGood, signal }: StreamLoadOptions,
): Promise<LoadResult> {
  const fault = Promise.withResolvers<never>();
  // Looked at while the load runs; what comes when the streams are closed again is none.
  fault.promise.catch(() => {});
  const stop = (): void => fault.reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  const streams: WebSocket[] = [];
  let isCounted = false;
  const took: number[] = [];

  const open = async ({ path, headers }: StreamLoad): Promise<void> => {
    const stream = new WebSocket(new URL(path, target.endpoint.replace(/^http/, "ws")), {
      ca: target.ca,
      headers,
      perMessageDeflate: false,
    });
    streams.push(stream);
    await once(stream, "open", { signal });
    let sentAt = 0;
    stream.on("error", fault.reject);
    stream.on("close", (code, reason) => fault.reject(new Error(`a stream was closed with ${code}: ${reason}`)));
    stream.on("message", (data) => {
      const answer = String(data);
      if (!isGood(answer)) fault.reject(new Error(`this is no measurement: ${answer}`));
      const now = performance.now();
      if (isCounted) took.push(now - sentAt);
      sentAt = now;
      stream.send(message);
    });
  };

  try {
    let next = 0;
    const openSome = async (): Promise<void> => {
      for (let load = loads[next++]; load !== undefined; load = loads[next++]) await open(load);
    };
    await Promise.race([fault.promise, Promise.all(Array.from({ length: openedAtOnce }, openSome))]);
    for (const stream of streams) stream.send(message);
    await Promise.race([fault.promise, delay(1000 * warmUpSeconds)]);
    const from = await cpuSeconds(target.pids);
    isCounted = true;
    await Promise.race([fault.promise, delay(1000 * seconds)]);
    isCounted = false;
    const used = (await cpuSeconds(target.pids)) - from;
    took.sort((a, b) => a - b);
    return {
      requests: took.length,
      perCpuSecond: took.length / used,
      p50: percentile(took, 0.5),
      p99: percentile(took, 0.99),
    };
  } finally {
    signal.removeEventListener("abort", stop);
    for (const stream of streams) stream.terminate();
  }
}
