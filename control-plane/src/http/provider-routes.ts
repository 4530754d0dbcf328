import { definitions, fullType, operations } from "@arcfleet/contract";
import type { FastifyRequest } from "fastify";
import { findProvider, type Provider, providers } from "../arm/providers.ts";
import { DomainError } from "../errors.ts";
import { type RegistrationState, register, registrationStates, unregister } from "../operations/registrations.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { apiVersionOf, identify } from "./request-context.ts";
import { addRoute, paramOf } from "./routes.ts";
import { checkSubscription } from "./subscription.ts";

/** Those that are ours can be unregistered; the others always are registered. */
const ownNamespaces = [...new Set(definitions.map(({ namespace }) => namespace))];

export function registerProviderRoutes(app: App, services: Services): void {
  const begin = async (request: FastifyRequest): Promise<string> => {
    await identify(services, request);
    apiVersionOf(request);
    return checkSubscription(services, paramOf(request, "subscriptionId"));
  };
  const show = async (scope: string, shown: readonly Provider[]) => {
    const states = await registrationStates(services, scope);
    return shown.map((provider) => present(scope, provider, states.get(provider.namespace.toLowerCase())));
  };
  const one = async (request: FastifyRequest) => {
    const scope = await begin(request);
    const namespace = paramOf(request, "namespace");
    const provider = findProvider(namespace);
    // Clients that ask for a provider of another product are told so in a way that they take for an answer.
    if (provider === undefined) return present(scope, { namespace, resourceTypes: [] }, "NotRegistered");
    return (await show(scope, [provider]))[0];
  };
  const base = "/subscriptions/:subscriptionId/providers";
  addRoute(app, base, {
    GET: async (request, reply) => reply.send({ value: await show(await begin(request), providers) }),
  });
  addRoute(app, `${base}/:namespace`, { GET: async (request, reply) => reply.send(await one(request)) });
  for (const [action, change] of [
    ["register", register],
    ["unregister", unregister],
  ] as const) {
    addRoute(app, `${base}/:namespace/${action}`, {
      POST: async (request, reply) => {
        const answer = await one(request);
        if (answer?.registrationState === "Registered") return reply.send(answer);
        throw new DomainError(
          "InvalidResourceNamespace",
          `This control plane has no resource provider '${paramOf(request, "namespace")}'. It has: ${providers.map(({ namespace }) => namespace).join(", ")}.`,
        );
      },
    });
    for (const namespace of ownNamespaces) {
      addRoute(app, `${base}/${namespace}/${action}`, {
        POST: async (request, reply) => {
          const caller = await identify(services, request);
          const scope = await begin(request);
          await services.authorize(caller, `${namespace}/${action}/action`, scope);
          await change(services, scope, namespace);
          return reply.send((await show(scope, [findProvider(namespace) ?? { namespace, resourceTypes: [] }]))[0]);
        },
      });
    }
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

const present = (scope: string, provider: Provider, state: RegistrationState = "Registered") => ({
  id: `${scope}/providers/${provider.namespace}`,
  namespace: provider.namespace,
  registrationState: state,
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

const actionsOf = (namespace: string) => {
  const own = definitions.filter((definition) => definition.namespace === namespace);
  const verbs = own.flatMap((definition) =>
    (["read", "write", "delete"] as const).map((verb) =>
      describe(`${fullType(definition)}/${verb}`, definition.type, `${verb} ${definition.singular}`),
    ),
  );
  // What is listed of calls goes beyond the verbs of types.
  const others = [...new Set(operations.flatMap(({ access }) => (access.kind === "action" ? [access.action] : [])))]
    .filter((action) => action.toLowerCase().startsWith(`${namespace.toLowerCase()}/`))
    .filter((action) => !verbs.some(({ name }) => name === action))
    .map((action) => {
      const [, resource = "", ...verb] = action.split("/");
      return describe(action, resource, verb.join(" "));
    });
  return [...verbs, ...others];
};

const describe = (name: string, resource: string, operation: string) => ({
  name,
  isDataAction: false,
  display: {
    provider: name.slice(0, name.indexOf("/")),
    resource,
    operation,
    description: `May ${operation}${operation.includes(" ") ? "" : ` ${resource}`}.`,
  },
});
