/**
 * The few questions of Microsoft Graph that Azure's tools ask to turn names into object ids and back, as `az role assignment create
 * --assignee` does. Read only; everything else of Graph is not there.
 */
import { identityNamespace } from "@arcfleet/contract";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { DomainError } from "../../errors.ts";
import type { App } from "../../http/app.ts";
import { identify, queryOf } from "../../http/request-context.ts";
import { addRoute, paramOf } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import { parseBody } from "./begin.ts";
import { findPrincipal, type Principal } from "./find-principal.ts";

const Ids = z.object({ ids: z.array(z.string().max(100)).max(1000) });

export function registerGraphRoutes(app: App, services: Services): void {
  const { store, identity, subscriptionId } = services;
  const { applications, users } = identity;

  const begin = async (request: FastifyRequest): Promise<void> => {
    const caller = await identify(services, request);
    await services.authorize(caller, `${identityNamespace}/principals/read`, `/subscriptions/${subscriptionId}`);
  };
  const byId = (id: string): Promise<Principal | undefined> => findPrincipal({ applications, store }, id);
  const byAppId = async (appId: string): Promise<Principal | undefined> => {
    const application = await applications.findByAppId(appId.toLowerCase());
    return application && byId(application.principalId);
  };
  const byAppName = async (name: string): Promise<Principal | undefined> => {
    const row = await store.read
      .selectFrom("applications")
      .select("principal_id")
      .where("name_key", "=", name.toLowerCase())
      .executeTakeFirst();
    return row && byId(row.principal_id);
  };
  const byUserName = async (name: string): Promise<Principal | undefined> => {
    const user = await users.findByName(name);
    return user && { principalId: user.userId, type: "User", name: user.name };
  };
  const ofType = async (
    type: Principal["type"],
    found: Promise<Principal | undefined>,
  ): Promise<Principal | undefined> => {
    const principal = await found;
    return principal?.type === type ? principal : undefined;
  };
  const require = async (name: string, found: Promise<Principal | undefined>): Promise<object> => {
    const principal = await found;
    if (principal !== undefined) return present(principal);
    throw new DomainError("ResourceNotFound", `There is no '${name}' in the directory of this control plane.`);
  };
  const list = async (found: Promise<Principal | undefined>): Promise<object> => {
    const principal = await found;
    return { value: principal === undefined ? [] : [present(principal)] };
  };

  addRoute(app, "/v1.0/servicePrincipals", {
    GET: async (request) => {
      await begin(request);
      const { field, value } = parseFilter(request, ["appId", "servicePrincipalNames", "displayName", "id"]);
      if (field === "id") return list(ofType("ServicePrincipal", byId(value)));
      return list(field === "displayName" ? byAppName(value) : byAppId(value));
    },
  });
  addRoute(app, "/v1.0/servicePrincipals/:id", {
    GET: async (request) => {
      await begin(request);
      const id = paramOf(request, "id");
      return require(id, ofType("ServicePrincipal", byId(id)));
    },
  });
  addRoute(app, "/v1.0/users", {
    GET: async (request) => {
      await begin(request);
      const { field, value } = parseFilter(request, ["userPrincipalName", "mail", "id"]);
      return list(field === "id" ? ofType("User", byId(value)) : byUserName(value));
    },
  });
  addRoute(app, "/v1.0/users/:id", {
    GET: async (request) => {
      await begin(request);
      const id = paramOf(request, "id");
      return require(id, ofType("User", byId(id)).then((found) => found ?? byUserName(id)));
    },
  });
  addRoute(app, "/v1.0/me", {
    GET: async (request) => {
      const { principalId, name } = await identify(services, request);
      return require(name, ofType("User", byId(principalId)));
    },
  });
  addRoute(app, "/v1.0/directoryObjects/getByIds", {
    POST: async (request) => {
      await begin(request);
      const { ids } = parseBody(Ids, request.body);
      const found = await Promise.all(ids.map(byId));
      return { value: found.flatMap((principal) => (principal === undefined ? [] : [present(principal)])) };
    },
  });
}

const present = ({ principalId, type, name, appId }: Principal): object =>
  type === "User"
    ? { "@odata.type": "#microsoft.graph.user", id: principalId, displayName: name, userPrincipalName: name }
    : {
        "@odata.type": "#microsoft.graph.servicePrincipal",
        id: principalId,
        displayName: name,
        appId,
        appDisplayName: name,
        servicePrincipalNames: [appId],
      };

interface Filter {
  readonly field: string;
  readonly value: string;
}

/** `appId eq '…'` or `servicePrincipalNames/any(c:c eq '…')`. Anything else is refused: to ignore it would find the wrong thing. */
function parseFilter(request: FastifyRequest, fields: readonly string[]): Filter {
  const text = queryOf(request, "$filter") ?? "";
  const [, plain, any, quoted = ""] =
    /^\s*(?:(\w+)\s+eq\s+|(\w+)\/any\(\w+:\s*\w+\s+eq\s+)'((?:[^']|'')*)'\)?\s*$/.exec(text) ?? [];
  const field = fields.find((each) => each.toLowerCase() === (plain ?? any)?.toLowerCase());
  if (field !== undefined) return { field, value: quoted.replaceAll("''", "'") };
  throw new DomainError(
    "BadRequest",
    `The $filter is not understood: '${text}'. Possible is one of ${fields.join(", ")}, followed by eq '…'.`,
  );
}
