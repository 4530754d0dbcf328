import { resourceKey } from "@arcfleet/contract";
import { z } from "zod";
import { invalid, invalidContent } from "../errors.ts";
import type { App } from "../http/app.ts";
import { addRoute } from "../http/routes.ts";
import type { Caller } from "../identity/caller.ts";
import { isJsonObject } from "../json.ts";
import type { Services } from "../services.ts";
import type { HeldRole } from "./authorize.ts";
import { roleAllows, roleAllowsData, scopeIncludes, scopeKey } from "./permits.ts";
import { identifyAt, namespace, type ScopedCall } from "./scope-routes.ts";

/** How long whoever asked may go on with the answer. */
const TIME_TO_LIVE_MS = 60_000;
const MAX_GROUPS = 2000;

const Question = z.object({
  subject: z.object({
    attributes: z.object({ objectid: z.guid(), groups: z.array(z.string().max(128)).max(MAX_GROUPS).nullish() }),
  }),
  actions: z
    .array(z.object({ id: z.string().min(1).max(1024), isdataaction: z.boolean().nullish() }))
    .min(1)
    .max(200),
  resource: z.object({ id: z.string().min(1).max(2048) }),
});

/**
 * What the authorizer in a cluster asks: may this person, with these groups, do these things in the cluster or a namespace of it? It may be
 * asked by the cluster itself, and by whoever may read role assignments there, as both tell the same.
 */
export function addCheckAccessRoute(app: App, services: Services, scopePath: string): void {
  addRoute(app, `${scopePath}/providers/${namespace}/checkaccess`, {
    POST: async (request) => {
      const call = await identifyAt(services, request);
      if (!isClusterItself(call)) {
        await services.authorize(call.caller, `${namespace}/checkAccess/read`, call.scope);
      }
      const { subject, actions, resource } = parseQuestion(request.body);
      if (!scopeIncludes(scopeKey(call.scope), scopeKey(resource.id))) {
        throw invalid(
          `The resource '${resource.id}' does not lie within '${call.scope}', which is asked.`,
          "Resource.Id",
        );
      }
      const { objectid, groups } = subject.attributes;
      const held = await services.access.rolesAt([objectid, ...(groups ?? [])], resource.id);
      return actions.map(({ id, isdataaction }) => decide(services, held, id, isdataaction ?? false));
    },
  });
}

/** The scope is the caller's own cluster, or a namespace in it. */
const isClusterItself = ({ caller, scope }: ScopedCall): boolean =>
  ownCluster(caller) !== undefined && scopeIncludes(ownCluster(caller) ?? "", scopeKey(scope));

const ownCluster = ({ kind, resourceId }: Caller): string | undefined =>
  kind === "ManagedIdentity" && resourceId !== undefined ? resourceKey(resourceId) : undefined;

function parseQuestion(body: unknown): z.output<typeof Question> {
  const parsed = Question.safeParse(lowerCaseNames(body));
  if (parsed.success) return parsed.data;
  throw invalidContent(
    `The body must hold Subject.Attributes.ObjectId, Actions (1 to 200) and Resource.Id: ${z.prettifyError(parsed.error)}`,
  );
}

/** The real service reads the names of members in any case. */
function lowerCaseNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerCaseNames);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.toLowerCase(), lowerCaseNames(member)]),
  );
}

function decide({ subscriptionId }: Services, held: readonly HeldRole[], actionId: string, isDataAction: boolean) {
  const allows = isDataAction ? roleAllowsData : roleAllows;
  const by = held.find(({ role }) => allows(role, actionId));
  return {
    actionId,
    accessDecision: by === undefined ? "NotAllowed" : "Allowed",
    isDataAction,
    roleAssignment:
      by === undefined
        ? null
        : {
            id: by.grant.id,
            roleDefinitionId: `/subscriptions/${subscriptionId}/providers/${namespace}/roleDefinitions/${by.role.id}`,
            principalId: by.grant.principalId,
            principalType: by.grant.principalType,
            scope: by.grant.scope,
            condition: null,
            conditionVersion: null,
            canDelegate: false,
          },
    denyAssignment: null,
    timeToLiveInMs: TIME_TO_LIVE_MS,
  };
}
