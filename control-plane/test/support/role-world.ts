import { randomUUID } from "node:crypto";
import { addApplication } from "../../src/identity/applications.ts";
import { isJsonObject, type JsonObject } from "../../src/json.ts";
import type { SettingsInput } from "../../src/settings.ts";
import { putCluster, type Running, runControlPlane } from "./running.ts";

export interface Principal {
  readonly principalId: string;
  readonly token: string;
}

export interface RoleAnswer {
  readonly status: number;
  readonly body: JsonObject;
  /** `error.code`. */
  readonly code: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

type Method = "GET" | "HEAD" | "PUT" | "PATCH" | "POST" | "DELETE";

/** A control plane with two groups, a cluster in the first, and means to make principals and give them roles. */
export interface RoleWorld {
  readonly running: Running;
  readonly subscription: string;
  readonly group: string;
  readonly otherGroup: string;
  readonly cluster: string;
  /** A token of the Owner. */
  readonly owner: string;
  newPrincipal(name: string): Promise<Principal>;
  /** `url` without an api-version gets one. */
  call(method: Method, url: string, options: { readonly token?: string; readonly body?: unknown }): Promise<RoleAnswer>;
  tryAssign(scope: string, role: string, principalId: string, properties?: object): Promise<RoleAnswer>;
  /** Assigns a role and answers with the id of the assignment. */
  assign(scope: string, role: string, principalId: string, properties?: object): Promise<string>;
  close(): Promise<void>;
}

export async function roleWorld(settings: Partial<SettingsInput> = {}): Promise<RoleWorld> {
  const running = await runControlPlane(settings);
  const { services, connection, endpoint, app } = running.controlPlane;
  const subscription = `/subscriptions/${connection.subscriptionId}`;
  const group = `${subscription}/resourceGroups/fleet`;
  const otherGroup = `${subscription}/resourceGroups/other`;
  const cluster = await putCluster(running, "edge", "");
  const owner = await running.ownerToken();

  const call: RoleWorld["call"] = async (method, url, { token, body }) => {
    const withVersion = /api-version/.test(url) ? url : `${url}${url.includes("?") ? "&" : "?"}${versionFor(url)}`;
    const answer = await app.inject({
      method,
      url: withVersion,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    const isJson = String(answer.headers["content-type"]).startsWith("application/json") && answer.body !== "";
    const parsed: unknown = isJson ? JSON.parse(answer.body) : {};
    const content = isJsonObject(parsed) ? parsed : { value: parsed };
    const code = isJsonObject(content.error) ? content.error.code : undefined;
    return { status: answer.statusCode, body: content, code, headers: answer.headers };
  };
  await call("PUT", otherGroup, { token: owner, body: { location: "westeurope" } });

  const world: RoleWorld = {
    running,
    subscription,
    group,
    otherGroup,
    cluster,
    owner,
    call,
    async newPrincipal(name) {
      const application = await services.store.write((tx) =>
        // No two applications have one name, and tests want several of a kind.
        addApplication(tx, { kind: "Application", name: `${name}-${randomUUID()}` }, running.clock),
      );
      const { accessToken } = await services.identity.issuer.issue(application, endpoint);
      return { principalId: application.principalId, token: accessToken };
    },
    tryAssign: (scope, role, principalId, properties = {}) =>
      call("PUT", `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`, {
        token: owner,
        body: { properties: { roleDefinitionId: role, principalId, ...properties } },
      }),
    async assign(scope, role, principalId, properties) {
      const answer = await world.tryAssign(scope, role, principalId, properties);
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
      return String(answer.body.id);
    },
    close: () => running.close(),
  };
  return world;
}

const versionFor = (url: string): string => {
  const [path = ""] = url.split("?");
  const last = /.*\/providers\/([^/]+)/i.exec(path)?.[1]?.toLowerCase();
  if (last === "microsoft.authorization") return "api-version=2022-04-01";
  if (last === "microsoft.kubernetes") return "api-version=2024-01-01";
  if (last === "microsoft.kubernetesconfiguration") return "api-version=2023-05-01";
  return "api-version=2024-11-01";
};
