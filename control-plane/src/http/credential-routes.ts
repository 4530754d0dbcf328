/**
 * How somebody gets to the Kubernetes API of a connected cluster: `listClusterUserCredential`. The request is checked as the real
 * service checks it; what it would answer, an address of a tunnel, is not offered by this control plane, and the refusal says so.
 */
import { connectedCluster, fullType, ListClusterUserCredential, parseResourceId } from "@arcfleet/contract";
import type { FastifyRequest } from "fastify";
import { targetOf } from "../arm/target.ts";
import { loadResource } from "../db/resources.ts";
import { DomainError, invalidContent } from "../errors.ts";
import { notFound } from "../operations/verb.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { apiVersionOf, identify } from "./request-context.ts";
import { pathOf } from "./request-path.ts";
import { patternOf, supportedBy } from "./resource-routes.ts";
import { addRoute, paramOf } from "./routes.ts";
import { checkSubscription } from "./subscription.ts";

/** The first previews spelt it with an s; roles name both. */
const spellings = ["listClusterUserCredential", "listClusterUserCredentials"] as const;

export function registerCredentialRoutes(app: App, services: Services): void {
  for (const action of spellings) {
    addRoute(app, `${patternOf(connectedCluster)}/${action}`, {
      POST: (request) => refuse(services, request, action),
    });
  }
}

async function refuse(services: Services, request: FastifyRequest, action: string): Promise<never> {
  const caller = await identify(services, request);
  apiVersionOf(request, supportedBy(connectedCluster));
  const path = pathOf(request).replace(/\/+$/, "");
  const target = targetOf(connectedCluster, parseResourceId(path.slice(0, path.lastIndexOf("/"))));
  checkSubscription(services, paramOf(request, "subscriptionId"));
  await services.authorize(caller, `${fullType(connectedCluster)}/${action}/action`, target.id);
  checkBody(request.body);
  const row = await loadResource(services.store.read, target.key);
  if (!row) throw notFound(target);
  if (row.last_connectivity === null) {
    throw new DomainError(
      "ClusterNotConnected",
      `The connected cluster '${row.name}' has never connected, so there is no way to it. Install its agents, or look why they do not reach this control plane.`,
    );
  }
  throw new DomainError(
    "ClusterConnectNotSupported",
    "Cluster connect is not offered by this control plane: it has no tunnel to clusters. Use a kubeconfig that reaches the cluster's own API server.",
  );
}

function checkBody(body: unknown): void {
  const result = ListClusterUserCredential.safeParse(body ?? undefined);
  if (result.success) return;
  const [issue] = result.error.issues;
  throw invalidContent(
    `The body must be { "authenticationMethod": "Token" or "AAD", "clientProxy": true or false }: ${issue?.path.join(".") || "it"}: ${issue?.message}.`,
  );
}
