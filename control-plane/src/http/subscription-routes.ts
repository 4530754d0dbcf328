import { locations } from "../arm/locations.ts";
import { refusal } from "../authorization/authorize.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { apiVersionOf, identify } from "./request-context.ts";
import { addRoute, paramOf } from "./routes.ts";
import { checkSubscription } from "./subscription.ts";

const readAction = "Microsoft.Resources/subscriptions/read";

/** Tenants, subscriptions and their locations: what command-line clients read when they log in. */
export function registerSubscriptionRoutes(app: App, services: Services): void {
  const { tenantId, subscriptionId } = services;
  const subscription = {
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    tenantId,
    displayName: "arcfleet",
    state: "Enabled",
    authorizationSource: "RoleBased",
    managedByTenants: [],
    subscriptionPolicies: { locationPlacementId: "Public_2014-09-01", quotaId: "arcfleet", spendingLimit: "Off" },
  };
  const tenant = {
    id: `/tenants/${tenantId}`,
    tenantId,
    displayName: "arcfleet",
    defaultDomain: "arcfleet.local",
    tenantCategory: "Home",
    tenantType: "AAD",
    countryCode: "",
    domains: ["arcfleet.local"],
  };

  // Every known caller sees the one tenant; the subscription is for who holds a role in it.
  addRoute(app, "/tenants", {
    GET: async (request, reply) => {
      await identify(services, request);
      apiVersionOf(request);
      return reply.send({ value: [tenant] });
    },
  });
  addRoute(app, "/subscriptions", {
    GET: async (request, reply) => {
      const caller = await identify(services, request);
      apiVersionOf(request);
      const value = (await services.access.isKnownAt(caller, subscription.id)) ? [subscription] : [];
      return reply.send({ value, count: { type: "Total", value: value.length } });
    },
  });
  addRoute(app, "/subscriptions/:subscriptionId", {
    GET: async (request, reply) => {
      const caller = await identify(services, request);
      apiVersionOf(request);
      const scope = checkSubscription(services, paramOf(request, "subscriptionId"));
      if (!(await services.access.isKnownAt(caller, scope))) throw refusal(caller, readAction, scope);
      return reply.send(subscription);
    },
  });
  addRoute(app, "/subscriptions/:subscriptionId/locations", {
    GET: async (request, reply) => {
      await identify(services, request);
      apiVersionOf(request);
      const scope = checkSubscription(services, paramOf(request, "subscriptionId"));
      const value = locations.map(({ name, displayName }) => ({
        id: `${scope}/locations/${name}`,
        name,
        type: "Region",
        displayName,
        regionalDisplayName: displayName,
        metadata: {
          regionType: "Physical",
          regionCategory: "Recommended",
          geography: displayName,
          geographyGroup: displayName,
          physicalLocation: displayName,
          pairedRegion: [],
        },
      }));
      return reply.send({ value });
    },
  });
}
