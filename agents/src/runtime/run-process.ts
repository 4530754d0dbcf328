/** An agent's process around its loops: log, metrics, health, API access, and a clean end. */
import { createServer, type Server } from "node:http";
import { type Logger, pino } from "pino";
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import type { Agent, AgentDefinition } from "./define-agent.ts";
import { inClusterAccess, kubeConfigAccess } from "./kube/kube-access.ts";
import { createKubeClient, type KubeClient } from "./kube/kube-client.ts";
import type { ProcessSettings } from "./process-settings.ts";
import { StartOver } from "./start-over.ts";

export interface AgentSetUp {
  readonly kube: KubeClient;
  readonly log: Logger;
  readonly metrics: Registry;
  /** Give it to each agent as `onRun`. */
  readonly onRun: NonNullable<AgentDefinition<unknown>["onRun"]>;
  readonly signal: AbortSignal;
}

export interface Parts {
  readonly agents: readonly Agent[];
  /** Other work that runs as long as the process does, such as following notifications. A throw ends the process. */
  readonly background?: readonly ((signal: AbortSignal) => Promise<void>)[];
  /** Beside the agents' own readiness. */
  readonly isReady?: () => boolean;
}

/** Running items get this long to come to an end after SIGTERM. */
const stopWithinMs = 20_000;

/**
 * Starts the agents and runs until SIGTERM or SIGINT. A fault of a loop itself (not of an item) ends the process with 1:
 * Kubernetes starts it again, and all state that matters is outside of it. {@link StartOver} ends it with 0, to the same end.
 */
export async function runProcess(
  name: string,
  settings: ProcessSettings & { AZURE_ARC_AGENT_VERSION?: string },
  setUp: (given: AgentSetUp) => Promise<Parts> | Parts,
): Promise<void> {
  const log = createLogger(name, settings);
  const stop = new AbortController();
  const onSignal = (signal: string) => {
    log.info({ signal }, "stopping");
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    stop.abort(new Error(`stopped by ${signal}`));
  };
  process.once("SIGTERM", onSignal);
  process.once("SIGINT", onSignal);

  const metrics = new Registry();
  let parts: Parts | undefined;
  const isReady = () => (parts?.agents.every((agent) => agent.isReady()) ?? false) && (parts?.isReady?.() ?? true);
  let server: Server | undefined;
  try {
    collectDefaultMetrics({ register: metrics });
    server = await serveHealth(settings.ARCFLEET_AGENT_PORT, metrics, isReady);
    const kube = createKubeClient(await findAccess(settings), `arcfleet-${name}`);
    parts = await setUp({ kube, log, metrics, onRun: countRuns(metrics), signal: stop.signal });
    log.info("started");
    const { signal } = stop;
    const work = [
      ...parts.agents.map((agent) => agent.run(signal)),
      ...(parts.background ?? []).map((run) => run(signal)),
    ];
    await Promise.all(work);
    kube.close();
    log.info("stopped");
    process.exitCode = 0;
  } catch (error) {
    if (error instanceof StartOver) {
      log.info({ why: error.message }, "starting over");
      process.exitCode = 0;
    } else if (!stop.signal.aborted) {
      log.fatal({ err: error }, "ended by a fault");
      process.exitCode = 1;
    }
    stop.abort();
    // What is left (open watches, timers) must not keep a broken process alive.
    setTimeout(() => process.exit(), 1000).unref();
  } finally {
    server?.close();
    server?.closeAllConnections();
  }
}

/** JSON lines. What may hold a secret is cut out wherever it sits. */
export function createLogger(
  name: string,
  settings: Pick<ProcessSettings, "LOG_LEVEL"> & { AZURE_ARC_AGENT_VERSION?: string },
) {
  return pino({
    level: settings.LOG_LEVEL,
    base: { AgentName: name, AgentVersion: settings.AZURE_ARC_AGENT_VERSION },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ["authorization", "token", "accessToken", "proof", "data", "*.authorization", "*.token", "*.accessToken"],
      censor: "[removed]",
    },
  });
}

function countRuns(register: Registry): AgentSetUp["onRun"] {
  const labelNames = ["agent", "outcome"];
  const runs = new Counter({
    name: "arcfleet_agent_runs_total",
    help: "Reconciliations by how they ended.",
    labelNames,
    registers: [register],
  });
  const seconds = new Histogram({
    name: "arcfleet_agent_run_seconds",
    help: "How long reconciliations take.",
    labelNames,
    buckets: [0.01, 0.05, 0.2, 1, 5, 30, 120, 600],
    registers: [register],
  });
  return ({ agent, outcome, durationMs }) => {
    runs.inc({ agent, outcome });
    seconds.observe({ agent, outcome }, durationMs / 1000);
  };
}

async function serveHealth(port: number, metrics: Registry, isReady: () => boolean): Promise<Server> {
  const server = createServer(async (request, response) => {
    const path = request.url?.split("?", 1)[0];
    if (path === "/healthz") return void response.end("ok\n");
    if (path === "/readyz")
      return void response.writeHead(isReady() ? 200 : 503).end(isReady() ? "ok\n" : "not ready\n");
    if (path !== "/metrics") return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": metrics.contentType }).end(await metrics.metrics());
  });
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, resolve);
  });
  return server;
}

/** A kubeconfig wins, so that an agent can be run by hand against any cluster. */
export async function findAccess({ KUBECONFIG, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT }: ProcessSettings) {
  if (KUBECONFIG) return kubeConfigAccess(KUBECONFIG);
  if (KUBERNETES_SERVICE_HOST) return inClusterAccess(KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT);
  throw new Error("no cluster: set KUBECONFIG, or run as a pod");
}
