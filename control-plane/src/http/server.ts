import type { Server } from "node:https";
import { definitions } from "@arcfleet/contract";
import Fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { registerActivityRoutes } from "../activity/activity-routes.ts";
import { registerRoleRoutes } from "../authorization/role-routes.ts";
import { registerHelmSettingsRoutes } from "../data-plane/helm-settings-routes.ts";
import { registerDataPlaneRoutes } from "../data-plane/routes.ts";
import { DomainError } from "../errors.ts";
import { registerDirectoryRoutes } from "../identity/directory/directory-routes.ts";
import { registerPeopleRoutes } from "../identity/people/people-routes.ts";
import { registerTokenRoutes } from "../identity/token-routes.ts";
import { registerRegistryRoutes } from "../registry/routes.ts";
import { registerUploadRoutes } from "../registry/upload-routes.ts";
import { registerResourceGraphRoutes } from "../resource-graph/routes.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { registerCredentialRoutes } from "./credential-routes.ts";
import { registerCustomLocationRoutes } from "./custom-location-routes.ts";
import { registerDeploymentRoutes } from "./deployment-routes.ts";
import { toErrorAnswer } from "./errors.ts";
import { registerExtensionTypeRoutes } from "./extension-type-routes.ts";
import { registerGenericResourceRoutes } from "./generic-resource-routes.ts";
import { registerHealthRoutes } from "./health-routes.ts";
import { readJsonBodies } from "./json-body.ts";
import { answerClientErrors } from "./limits/client-errors.ts";
import { guardRequests } from "./limits/guard-requests.ts";
import { registerMetadataRoutes } from "./metadata-routes.ts";
import { notFoundError } from "./not-found.ts";
import { registerOpenApiRoutes } from "./openapi-routes.ts";
import { registerOperationRoutes } from "./operation-routes.ts";
import { registerProviderRoutes } from "./provider-routes.ts";
import { collectRoutes } from "./registered-routes.ts";
import { decorateForActivity, recordLater } from "./request-activity.ts";
import { beginRequest } from "./request-context.ts";
import { refuseOddAddress } from "./request-path.ts";
import { registerResourceGroupRoutes } from "./resource-group-routes.ts";
import { registerResourceRoutes } from "./resource-routes.ts";
import { registerRunningOperationRoutes } from "./running-operation-routes.ts";
import { registerSubscriptionRoutes } from "./subscription-routes.ts";
import { registerTagRoutes } from "./tag-routes.ts";
import { serveUpgrades } from "./upgrades.ts";

/** Makes the HTTP application around a server that listens already (see listen.ts). Paths match in any case. */
export async function createServer(services: Services, server: Server): Promise<App> {
  const { settings } = services;
  const app: App = Fastify({
    serverFactory: (handler) => server.on("request", handler),
    bodyLimit: settings.maxBodyBytes,
    // Answered below, in the form of all errors.
    return503OnClosing: false,
    clientErrorHandler: answerClientErrors(services.metrics),
    trustProxy: settings.trustedProxies.length > 0 ? settings.trustedProxies : false,
    // Real clients double slashes, and spell the fixed parts of paths in more than one way.
    routerOptions: {
      caseSensitive: false,
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      maxParamLength: 300,
    },
    frameworkErrors: (error, request, reply) => {
      beginRequest(request, reply);
      sendError(services, error, request, reply);
    },
  });
  collectRoutes(app);
  app.decorateRequest("correlationId", "");
  app.decorateRequest("caller", undefined);
  decorateForActivity(app);
  readJsonBodies(app, settings.limits);
  app.addHook("onRequest", async (request, reply) => {
    services.metrics.inFlight.inc();
    reply.raw.once("close", () => services.metrics.inFlight.dec());
    beginRequest(request, reply);
    refuseOddAddress(request);
  });
  let isClosing = false;
  app.addHook("preClose", async () => {
    isClosing = true;
  });
  app.addHook("onRequest", async () => {
    if (isClosing) throw new DomainError("ServiceUnavailable", "The control plane is stopping. Repeat the request.");
  });
  guardRequests(app, services);
  app.addHook("onResponse", async (request, reply) => {
    record(services, request, reply);
    recordLater(services, request, reply);
  });
  app.setErrorHandler((error, request, reply) => sendError(services, error, request, reply));
  app.setNotFoundHandler(async (request) => {
    throw await notFoundError(services, request);
  });

  registerHealthRoutes(app, services);
  registerOpenApiRoutes(app, services);
  registerTokenRoutes(app, services);
  registerPeopleRoutes(app, services);
  registerDirectoryRoutes(app, services);
  registerRegistryRoutes(app, services);
  await registerUploadRoutes(app, services);
  registerDataPlaneRoutes(app, services);
  registerHelmSettingsRoutes(app, services);
  registerMetadataRoutes(app, services);
  registerSubscriptionRoutes(app, services);
  registerProviderRoutes(app, services);
  registerResourceGroupRoutes(app, services);
  registerGenericResourceRoutes(app, services);
  registerDeploymentRoutes(app, services);
  registerResourceGraphRoutes(app, services);
  for (const definition of definitions) registerResourceRoutes(app, services, definition);
  registerTagRoutes(app, services);
  registerActivityRoutes(app, services);
  registerRoleRoutes(app, services);
  registerExtensionTypeRoutes(app, services);
  registerCustomLocationRoutes(app, services);
  registerOperationRoutes(app, services);
  registerRunningOperationRoutes(app, services);
  registerCredentialRoutes(app, services);
  await app.ready();
  serveUpgrades(server, app);
  return app;
}

function sendError(services: Services, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = toErrorAnswer(error, request.correlationId);
  const { correlationId } = request;
  request.refusal = answer.body.error;
  if (answer.status === 413) services.metrics.refusals.inc({ reason: "body" });
  if (answer.status >= 500) {
    services.log.error({ err: error, correlationId }, "a request failed because of a fault of ours");
  } else if (error instanceof DomainError && error.internal !== undefined) {
    services.log.info({ correlationId, code: error.code, internal: error.internal }, "a request was refused");
  }
  return reply.code(answer.status).headers(answer.headers).type("application/json; charset=utf-8").send(answer.body);
}

function record(services: Services, request: FastifyRequest, reply: FastifyReply): void {
  // The pattern, not the path: one time series a route.
  const route = request.routeOptions.url ?? "none";
  services.metrics.requests.observe(
    { method: request.method, route, status: String(reply.statusCode) },
    reply.elapsedTime / 1000,
  );
  const [path] = request.url.split("?");
  services.log.info(
    {
      method: request.method,
      path,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      correlationId: request.correlationId,
      ...(request.caller ? { principalId: request.caller.principalId } : {}),
    },
    "request",
  );
}
