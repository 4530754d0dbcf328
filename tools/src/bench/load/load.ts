import autocannon from "autocannon";
import { cpuSeconds } from "./cpu-time.ts";

/** Connections are opened in this time, and code is compiled. */
export const warmUpSeconds = 1;

/** A service under load: where it is, how it knows us, and the processes whose time counts. */
export interface LoadTarget {
  readonly endpoint: string;
  /** PEM of the authority that vouches for it. */
  readonly ca: string;
  /** A client certificate, for services that want one. */
  readonly client?: { readonly cert: string; readonly key: string };
  readonly headers: Readonly<Record<string, string>>;
  readonly pids: readonly number[];
}

export interface LoadRequest {
  readonly method: "GET" | "PUT" | "POST" | "PATCH";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadOptions {
  readonly connections: number;
  /** This many requests, all of them counted; or as many as fit into some seconds, after one that is not counted. */
  readonly limit: { readonly amount: number } | { readonly seconds: number };
  readonly signal: AbortSignal;
}

export interface LoadResult {
  readonly requests: number;
  readonly perCpuSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * Sends the requests that `next` makes, over connections that stay open. The generator's own processor time is not counted, that of
 * the target's processes is. @throws when any answer is not a success
 */
export async function load(target: LoadTarget, next: () => LoadRequest, options: LoadOptions): Promise<LoadResult> {
  const { connections, limit, signal } = options;
  signal.throwIfAborted();
  const measured = { requests: 0, from: await cpuSeconds(target.pids) };
  const result = await run(
    {
      url: target.endpoint,
      connections,
      ...("amount" in limit ? limit : { duration: warmUpSeconds + limit.seconds }),
      timeout: 30,
      tlsOptions: { ca: target.ca, ...target.client },
      requests: [
        {
          setupRequest: (request) => {
            const { method, path, headers, body } = next();
            return { ...request, method, path, headers: { ...target.headers, ...headers }, body: body ?? "" };
          },
        },
      ],
    },
    (instance) => {
      instance.on("response", () => measured.requests++);
      if ("amount" in limit) return;
      setTimeout(
        () => void cpuSeconds(target.pids).then((from) => Object.assign(measured, { requests: 0, from })),
        1000 * warmUpSeconds,
      );
    },
    signal,
  );
  const used = (await cpuSeconds(target.pids)) - measured.from;
  const failed = result.errors + result.timeouts + result.non2xx;
  if (failed > 0) {
    throw new Error(
      `${failed} of ${result.requests.total} requests to ${target.endpoint} failed (${result.errors} errors, ${result.timeouts} timeouts, ${JSON.stringify(result.statusCodeStats)}): this is no measurement`,
    );
  }
  return {
    requests: measured.requests,
    perCpuSecond: measured.requests / used,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}

function run(
  options: autocannon.Options,
  watch: (instance: autocannon.Instance) => void,
  signal: AbortSignal,
): Promise<autocannon.Result> {
  return new Promise((resolve, reject) => {
    const instance = autocannon(options, (error: unknown, result) => {
      signal.removeEventListener("abort", stop);
      if (signal.aborted) reject(signal.reason);
      else if (error) reject(error);
      else resolve(result);
    });
    watch(instance);
    const stop = (): void => instance.stop();
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** Of times in ascending order, rounded as the generator of requests does. */
export function percentile(sorted: readonly number[], share: number): number {
  const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (found === undefined) throw new Error("nothing was answered: this is no measurement");
  return Math.round(found);
}
