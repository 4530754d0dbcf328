import { connectedCluster, fullType, type Operation, operations } from "@arcfleet/contract";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { addApplication } from "../../src/identity/applications.ts";
import { type Api, startApi } from "../support/api.ts";

let api: Api;
/** A token of somebody who holds no role. */
let nobody: string;
beforeAll(async () => {
  api = await startApi();
  const { store, identity } = api.controlPlane.services;
  const person = await store.write((tx) => addApplication(tx, { kind: "Application", name: "nobody" }, api.clock));
  nobody = (await identity.issuer.issue(person, api.controlPlane.endpoint)).accessToken;
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

/** Parameters count as such, whatever they are called; paths match in any case. */
const normalize = (method: string, path: string): string =>
  `${method} ${path.replaceAll(/\{[^}]+\}|:[A-Za-z]\w*|\*/g, "{}").toLowerCase()}`;
const listed = new Map(operations.map((operation) => [normalize(operation.method, operation.path), operation]));

describe("the list of all calls", () => {
  test("holds every route: who adds one, adds it in contract/src/operations/", () => {
    const missing = api.controlPlane.app.registeredRoutes
      .map(({ method, url }) => normalize(method, url))
      // HEAD comes with every GET.
      .filter((route) => !listed.has(route) && !listed.has(route.replace(/^HEAD /, "GET ")));
    expect(missing).toEqual([]);
  });

  test("holds no call that nothing answers", () => {
    const answered = new Set(api.controlPlane.app.registeredRoutes.map(({ method, url }) => normalize(method, url)));
    const idle = [...listed].flatMap(([route, { id }]) => (answered.has(route) ? [] : [`${id}: ${route}`]));
    expect(idle).toEqual([]);
  });

  test("gives each call an id and a path of its own", () => {
    const ids = operations.map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    expect(listed.size).toBe(operations.length);
  });

  describe.each(operations.map((operation) => [operation.id, operation] as const))("%s", (_id, operation) => {
    const { kind } = operation.access;

    test("is refused to who has no token, unless anyone may call it", async () => {
      const { status } = await ask(operation, "");
      if (kind === "anyone") expect([401, 403]).not.toContain(status);
      else expect(status).toBe(401);
    });

    test("asks who holds no role for the listed action", async () => {
      const { status, errorMessage } = await ask(operation, `Bearer ${nobody}`);
      if (kind === "cluster") expect(status).toBe(403);
      if (kind === "authenticated") expect([401, 403]).not.toContain(status);
      // What an operation is about is known once it is found.
      if (operation.access.kind !== "action" || operation.path.endsWith("{operationId}")) return;
      expect({ status, errorMessage }).toMatchObject({
        status: 403,
        errorMessage:
          operation.method === "HEAD"
            ? ""
            : expect.stringContaining(`perform action '${operation.access.action}' over scope`),
      });
    });
  });
});

function ask({ id, method, path, apiVersions }: Operation, authorization: string) {
  const { subscriptionId } = api.controlPlane.connection;
  const url = path
    .replaceAll("{subscriptionId}", subscriptionId)
    .replaceAll(/\{[^}]+\}/g, "11111111-2222-3333-4444-555555555555");
  const query = apiVersions === undefined ? "" : `?api-version=${apiVersions[0]}`;
  const cluster = `${api.subscription}/resourceGroups/fleet/providers/${fullType(connectedCluster)}/edge`;
  const body = id === "HelmSettings_Get" ? { id: cluster } : method.startsWith("P") ? {} : undefined;
  return api.call(method, `${url}${query}`, body, { authorization });
}
