import type { FastifyRequest } from "fastify";
import { groupId } from "../arm/target.ts";
import { invalid } from "../errors.ts";
import type { App } from "../http/app.ts";
import { nextLink, pageOf } from "../http/paging.ts";
import { apiVersionOf, identify, queryOf } from "../http/request-context.ts";
import { addRoute, paramOf } from "../http/routes.ts";
import { checkSubscription } from "../http/subscription.ts";
import type { Services } from "../services.ts";
import { type ActivityFilter, parseActivityFilter } from "./activity-filter.ts";
import { listActivity } from "./list-activity.ts";
import { presentActivity, selectMembers } from "./present-activity.ts";

/** The activity log, as `az monitor activity-log list` reads it. */
export function registerActivityRoutes(app: App, services: Services): void {
  const { publicUrl, subscriptionId } = services;
  addRoute(app, "/subscriptions/:subscriptionId/providers/microsoft.insights/eventtypes/management/values", {
    GET: async (request) => {
      const caller = await identify(services, request);
      apiVersionOf(request);
      const subscription = checkSubscription(services, paramOf(request, "subscriptionId"));
      const filter = parseActivityFilter(queryOf(request, "$filter"));
      // Who may read one group or resource only, may read what happened to it.
      await services.authorize(caller, "Microsoft.Insights/eventtypes/values/read", scopeOf(subscription, filter));
      const prefix = `${subscription}/events/`;
      const page = await listActivity(services, filter, afterOf(request, prefix));
      const select = queryOf(request, "$select");
      return {
        value: page.rows.map((row) => selectMembers(presentActivity(row, subscriptionId), select)),
        ...(page.next === undefined ? {} : { nextLink: nextLink(publicUrl, request, `${prefix}${page.next}`) }),
      };
    },
  });
}

function scopeOf(subscription: string, { resourceUri, resourceGroup }: ActivityFilter): string {
  if (resourceUri === undefined) {
    return resourceGroup === undefined ? subscription : groupId(subscription.split("/")[2] ?? "", resourceGroup);
  }
  const id = resourceUri.startsWith("/") ? resourceUri : `/${resourceUri}`;
  if (`${id}/`.toLowerCase().startsWith(`${subscription}/`.toLowerCase())) return id;
  throw invalid(`The resourceUri '${resourceUri}' of the $filter is not below '${subscription}'.`, "$filter");
}

function afterOf(request: FastifyRequest, prefix: string): string | undefined {
  const { after } = pageOf(request);
  return after?.startsWith(prefix) ? after.slice(prefix.length) : undefined;
}
