import { definitions, parseResourceId, TagsBody, TagsPatch } from "@arcfleet/contract";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { groupId, targetOf } from "../arm/target.ts";
import { invalidContent } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import type { TagMap, TagOperation } from "../operations/tag-changes.ts";
import { readTags, type Tagged, writeTagsOf } from "../operations/tags.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { httpInfoOf } from "./request-activity.ts";
import { apiVersionOf, identify } from "./request-context.ts";
import { pathOf } from "./request-path.ts";
import { patternOf } from "./resource-routes.ts";
import { addRoute, paramOf } from "./routes.ts";
import { checkSubscription } from "./subscription.ts";

const suffix = "/providers/Microsoft.Resources/tags/default";

/** `{scope}/providers/Microsoft.Resources/tags/default`: at the subscription, at groups and at every type of resource. */
export function registerTagRoutes(app: App, services: Services): void {
  const scopeOf = (request: FastifyRequest): string => pathOf(request).replace(/\/+$/, "").slice(0, -suffix.length);
  const subscription = "/subscriptions/:subscriptionId";
  const group = `${subscription}/resourceGroups/:group`;

  addTagRoutes(app, services, subscription, (request) => ({
    id: checkSubscription(services, paramOf(request, "subscriptionId")),
  }));
  addTagRoutes(app, services, group, (request) => {
    checkSubscription(services, paramOf(request, "subscriptionId"));
    const groupName = paramOf(request, "group");
    return { id: groupId(services.subscriptionId, groupName), groupName };
  });
  for (const definition of definitions) {
    addTagRoutes(app, services, patternOf(definition), (request) => {
      checkSubscription(services, paramOf(request, "subscriptionId"));
      const target = targetOf(definition, parseResourceId(scopeOf(request)));
      return { id: target.id, definition, groupName: target.groupName };
    });
  }
}

function addTagRoutes(
  app: App,
  services: Services,
  scope: string,
  taggedOf: (request: FastifyRequest) => Tagged,
): void {
  const begin = async (request: FastifyRequest, action: "read" | "write" | "delete") => {
    const caller = await identify(services, request);
    apiVersionOf(request);
    const tagged = taggedOf(request);
    await services.authorize(caller, `Microsoft.Resources/tags/${action}`, tagged.id);
    return { caller, tagged };
  };
  const change = async (
    request: FastifyRequest,
    { caller, tagged }: { readonly caller: Caller; readonly tagged: Tagged },
    operation: TagOperation,
    tags: TagMap,
  ) => {
    const { correlationId, headers } = request;
    const by = { caller, correlationId, ifMatch: headers["if-match"], http: httpInfoOf(request) };
    const after = await writeTagsOf(services, tagged, { operation, tags, ...by });
    request.isRecorded = after.isRecorded;
    return present(tagged, after.tags);
  };

  addRoute(app, `${scope}${suffix}`, {
    GET: async (request) => {
      const { tagged } = await begin(request, "read");
      return present(tagged, await readTags(services, tagged));
    },
    PUT: async (request) => {
      const call = await begin(request, "write");
      const { properties } = parse(TagsBody, request.body);
      return change(request, call, "Replace", properties.tags ?? {});
    },
    PATCH: async (request) => {
      const call = await begin(request, "write");
      const { operation = "Merge", properties } = parse(TagsPatch, request.body);
      return change(request, call, operation, properties.tags ?? {});
    },
    DELETE: async (request, reply) => {
      await change(request, await begin(request, "delete"), "Replace", {});
      return reply.send();
    },
  });
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw invalidContent(`The tags are not valid: ${z.prettifyError(parsed.error)}`);
}

const present = ({ id }: Tagged, tags: TagMap) => ({
  id: `${id}${suffix}`,
  name: "default",
  type: "Microsoft.Resources/tags",
  properties: { tags },
});
