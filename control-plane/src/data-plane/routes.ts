import {
  CertificateRequest,
  type DesiredKind,
  extension,
  Heartbeat,
  type HeartbeatAnswer,
  maxStreamedHeartbeatBytes,
  ReportBatch,
  type TokenAnswer,
  TokenRequest,
} from "@arcfleet/contract";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { childId } from "../arm/target.ts";
import { loadDesired } from "../desired/load.ts";
import { DomainError, invalidContent } from "../errors.ts";
import type { App } from "../http/app.ts";
import { identify } from "../http/request-context.ts";
import { createUpgradeTarget } from "../http/upgrades.ts";
import type { Caller } from "../identity/caller.ts";
import { createFailedLogins } from "../identity/failed-logins.ts";
import { stillAccepted } from "../identity/still-accepted.ts";
import { predecessorsOf } from "../resources/moved-clusters.ts";
import { recordReports } from "../resources/record-report.ts";
import type { Services } from "../services.ts";
import { authorizeCluster, type ClusterAccess, requireCluster } from "./authorize-cluster.ts";
import { type ClusterTarget, clusterOf, dataPlaneRoute } from "./cluster-routes.ts";
import { openHeartbeatStream } from "./heartbeat-stream.ts";
import { createHeartbeats, factsOf } from "./heartbeats.ts";
import { issueCertificate } from "./issue-certificate.ts";
import { openNotifications } from "./notifications.ts";
import { createOpenStreams } from "./open-streams.ts";

const MAX_REPORT_BYTES = 8 * 1024 * 1024;

const DesiredStateQuery = z.object({ since: z.coerce.number().int().min(0).default(0) });

interface Call {
  readonly caller: Caller;
  readonly cluster: ClusterTarget;
  readonly access: ClusterAccess;
}

function parseBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `'${path.join(".")}': ${message}`).join("; ");
  throw invalidContent(`The body cannot be used: ${problems}`);
}

/** Registers what the agents call. Everything is outbound from the cluster: docs/architecture/identity.md. */
export function registerDataPlaneRoutes(app: App, services: Services): void {
  const { identity, generations, store, clock, metrics, log } = services;
  const heartbeats = createHeartbeats(store, clock);
  const openStreams = createOpenStreams({
    probeMs: services.settings.limits.streamProbeMs,
    clock,
    log,
    streams: metrics.streams,
    stillAccepted: (callers) => stillAccepted({ store, keys: identity.keys }, callers),
  });
  const heartbeatStreams = createUpgradeTarget(maxStreamedHeartbeatBytes);
  const failedProofs = createFailedLogins(clock);
  app.addHook("preClose", async () => {
    openStreams.endAll();
    await heartbeats.close();
    openStreams.close();
  });

  const admit = async (request: FastifyRequest): Promise<Call> => {
    const cluster = clusterOf(request);
    const caller = await identify(services, request);
    return { caller, cluster, access: await authorizeCluster(services, caller, cluster) };
  };
  const admitCluster = async (request: FastifyRequest): Promise<Call> => {
    const call = await admit(request);
    requireCluster(call.access, call.caller, call.cluster);
    return call;
  };

  /** Its own, or during a move that of the record before: until the extension is made anew its agents go on with that. */
  const extensionIdentity = async (cluster: ClusterTarget, name: string) => {
    for (const holder of [cluster.id, ...(await predecessorsOf(store.read, cluster.key))]) {
      const application = await identity.applications.findByResource(childId(holder, extension, name));
      if (application !== undefined) return application;
    }
    return undefined;
  };

  app.post(dataPlaneRoute("certificate"), async (request) => {
    const cluster = clusterOf(request);
    const waitSeconds = failedProofs.waitSeconds(request.ip, cluster.key);
    if (waitSeconds > 0) {
      throw new DomainError(
        "TooManyRequests",
        `Too many proofs of '${cluster.id}' were wrong; wait ${waitSeconds} s.`,
        {
          headers: { "retry-after": String(waitSeconds) },
        },
      );
    }
    try {
      return await issueCertificate(services, cluster, parseBody(CertificateRequest, request.body));
    } catch (error) {
      if (error instanceof DomainError) failedProofs.record(request.ip, cluster.key);
      throw error;
    }
  });

  app.post(dataPlaneRoute("tokens"), async (request): Promise<TokenAnswer> => {
    const { cluster } = await admitCluster(request);
    const { audience, extensionName } = parseBody(TokenRequest, request.body);
    const resource = identity.issuer.audienceOf(audience);
    if (resource === undefined) {
      throw invalidContent(`The audience '${audience}' is not known here; use '${services.publicUrl}'.`);
    }
    const application = await extensionIdentity(cluster, extensionName);
    if (application === undefined) {
      throw new DomainError("ResourceNotFound", `The cluster '${cluster.name}' has no extension '${extensionName}'.`);
    }
    const { accessToken, expiresOn } = await identity.issuer.issue(application, resource);
    return { accessToken, expiresOn };
  });

  app.post(dataPlaneRoute("heartbeat"), async (request): Promise<HeartbeatAnswer> => {
    const { cluster } = await admitCluster(request);
    const generation = await heartbeats.record(cluster.key, factsOf(parseBody(Heartbeat, request.body)));
    metrics.heartbeats.inc();
    return { generation: generation ?? 0 };
  });

  app.get(dataPlaneRoute("heartbeat-stream"), async (request, reply) => {
    const { cluster, caller } = await admitCluster(request);
    openHeartbeatStream(() => heartbeatStreams.accept(request, reply), {
      heartbeats,
      openStreams,
      log,
      caller,
      clusterKey: cluster.key,
      correlationId: request.correlationId,
      onSaved: () => metrics.heartbeats.inc(),
    });
  });

  app.get(dataPlaneRoute("desired-state"), async (request, reply) => {
    const { cluster, access } = await admit(request);
    const { since } = parseBody(DesiredStateQuery, request.query);
    const etag = `"${await generations.current(cluster.key)}"`;
    // Secrets are among the settings: no cache may keep them.
    reply.header("cache-control", "no-store");
    if (request.headers["if-none-match"] === etag) return reply.header("etag", etag).code(304).send();
    const state = await loadDesired(services, cluster.key, access.kinds, since);
    reply.header("etag", `"${state.generation}"`);
    return state;
  });

  app.get(dataPlaneRoute("notifications"), async (request, reply) => {
    const { cluster, caller } = await admit(request);
    await openNotifications({ generations, openStreams }, reply, { caller, clusterKey: cluster.key });
  });

  app.post(dataPlaneRoute("reports"), { bodyLimit: MAX_REPORT_BYTES }, async (request) => {
    const { cluster, access } = await admit(request);
    const { reports } = parseBody(ReportBatch, request.body);
    const foreign = reports.find(({ kind }) => !access.kinds.includes(kind));
    if (foreign !== undefined) throw notReportable(foreign.kind, access.kinds);
    return recordReports(services, cluster.key, reports);
  });
}

const notReportable = (kind: DesiredKind, kinds: readonly DesiredKind[]): DomainError =>
  new DomainError("AuthorizationFailed", `This identity may report ${kinds.join(", ")}, but not ${kind}.`);
