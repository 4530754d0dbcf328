import { definitions, fullType } from "@arcfleet/contract";
import type { FastifyRequest } from "fastify";
import { findProvider, type Provider, providers } from "../arm/providers.ts";
import { DomainError } from "../errors.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { apiVersionOf, identify } from "./request-context.ts";
import { addRoute, paramOf } from "./routes.ts";
import { checkSubscription } from "./subscription.ts";

/** Providers are always registered; registering one again says so. */
export function registerProviderRoutes(app: App, services: Services): void {
  const begin = async (request: FastifyRequest): Promise<string> => {
    await identify(services, request);
    apiVersionOf(request);
    return checkSubscription(services, paramOf(request, "subscriptionId"));
  };
  const one = async (request: FastifyRequest) => {
    const scope = await begin(request);
    const namespace = paramOf(request, "namespace");
    const provider = findProvider(namespace);
    // Clients that ask for a provider of another product are told so in a way that they take for an answer.
    return present(scope, provider ?? { namespace, resourceTypes: [] }, provider !== undefined);
  };
  const base = "/subscriptions/:subscriptionId/providers";
  addRoute(app, base, {
    GET: async (request, reply) => {
      const scope = await begin(request);
      return reply.send({ value: providers.map((provider) => present(scope, provider, true)) });
    },
  });
  addRoute(app, `${base}/:namespace`, { GET: async (request, reply) => reply.send(await one(request)) });
  for (const action of ["register", "unregister"]) {
    addRoute(app, `${base}/:namespace/${action}`, {
      POST: async (request, reply) => {
        const answer = await one(request);
        if (answer.registrationState === "Registered") return reply.send(answer);
        throw new DomainError(
          "InvalidResourceNamespace",
          `This control plane has no resource provider '${answer.namespace}'. It has: ${providers.map(({ namespace }) => namespace).join(", ")}.`,
        );
      },
    });
  }
  for (const { namespace, actions = [] } of providers.filter(({ resourceTypes }) => resourceTypes.length > 0)) {
    addRoute(app, `/providers/${namespace}/operations`, {
      GET: async (request, reply) => {
        await identify(services, request);
        apiVersionOf(request);
        return reply.send({
          value: [...actionsOf(namespace), ...actions.map((action) => shownAction(namespace, action))],
          nextLink: null,
        });
      },
    });
  }
}

const present = (scope: string, provider: Provider, isRegistered: boolean) => ({
  id: `${scope}/providers/${provider.namespace}`,
  namespace: provider.namespace,
  registrationState: isRegistered ? "Registered" : "NotRegistered",
  registrationPolicy: "RegistrationRequired",
  authorizations: [],
  resourceTypes: provider.resourceTypes,
});

const shownAction = (
  namespace: string,
  { name, description }: { readonly name: string; readonly description: string },
) => ({
  name,
  isDataAction: false,
  display: {
    provider: namespace,
    resource: name.split("/")[1] ?? "",
    operation: description,
    description,
  },
});

const actionsOf = (namespace: string) =>
  definitions
    .filter((definition) => definition.namespace === namespace)
    .flatMap((definition) =>
      (["read", "write", "delete"] as const).map((verb) => ({
        name: `${fullType(definition)}/${verb}`,
        isDataAction: false,
        display: {
          provider: namespace,
          resource: definition.type,
          operation: `${verb} ${definition.singular}`,
          description: `May ${verb} a ${definition.singular}.`,
        },
      })),
    );
