import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { builtInRoles } from "../../src/authorization/built-in-roles.ts";
import { type Application, addApplication } from "../../src/identity/applications.ts";
import { putCluster, type Running, runControlPlane } from "../support/running.ts";

describe("role assignments", () => {
  let running: Running;
  let cluster: string;
  let subscription: string;
  let group: string;
  let person: Application;
  let owner: string;

  beforeAll(async () => {
    running = await runControlPlane();
    cluster = await putCluster(running, "edge", "");
    subscription = `/subscriptions/${running.controlPlane.connection.subscriptionId}`;
    group = `${subscription}/resourceGroups/fleet`;
    owner = await running.ownerToken();
    const { store } = running.controlPlane.services;
    person = await store.write((tx) => addApplication(tx, { kind: "Application", name: "onboarder" }, running.clock));
  });
  afterAll(() => running.close());

  const version = "api-version=2022-04-01";
  const path = (scope: string, name: string) =>
    `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}?${version}`;
  const body = (role: string, principalId = person.principalId) => ({
    properties: {
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
      principalId,
    },
  });
  const put = (scope: string, role: string, name: string = randomUUID(), token = owner) =>
    running.request("PUT", path(scope, name), { token, body: body(role) });
  const tokenOf = async (application: Application) => {
    const { identity } = running.controlPlane.services;
    return (await identity.issuer.issue(application, running.controlPlane.endpoint)).accessToken;
  };
  const list = async (scope: string, filter = "") =>
    (
      await running.request(
        "GET",
        `${scope}/providers/Microsoft.Authorization/roleAssignments?${version}&$filter=${encodeURIComponent(filter)}`,
        { token: owner },
      )
    )
      .json()
      .value.map((each: { properties: { scope: string } }) => each.properties.scope);

  test("a role works from the next request on, at its scope and below, and ends with its assignment", async () => {
    const token = await tokenOf(person);
    const read = () => running.request("GET", `${cluster}?api-version=2024-07-01-preview`, { token });
    expect((await read()).status).toBe(403);
    const name = randomUUID();
    const made = await put(group, builtInRoles.onboarding.id, name);
    expect(made.status).toBe(201);
    expect(made.json()).toMatchObject({
      name,
      type: "Microsoft.Authorization/roleAssignments",
      properties: {
        principalId: person.principalId,
        scope: group,
        roleDefinitionId: expect.stringContaining(builtInRoles.onboarding.id),
      },
    });
    expect((await read()).status).toBe(200);
    const remove = await running.request("DELETE", `${cluster}?api-version=2024-07-01-preview`, { token });
    expect(remove.status).toBe(403);
    expect((await put(group, builtInRoles.owner.id, randomUUID(), token)).status).toBe(403);
    expect(
      (
        await running.request("GET", path(group.toUpperCase().replace("SUBSCRIPTIONS", "subscriptions"), name), {
          token: owner,
        })
      ).json().name,
    ).toBe(name);
    expect((await put(group, builtInRoles.onboarding.id, name)).status).toBe(200);
    expect((await running.request("DELETE", path(group, name), { token: owner })).status).toBe(200);
    expect((await running.request("DELETE", path(group, name), { token: owner })).status).toBe(204);
    expect((await read()).status).toBe(403);
  });

  test("what cannot be granted is refused with the reason", async () => {
    const code = async (answer: ReturnType<typeof put>) => (await answer).json().error.code;
    const name = randomUUID();
    expect((await put(group, builtInRoles.reader.id, name)).status).toBe(201);
    expect(await code(put(group, builtInRoles.reader.id))).toBe("RoleAssignmentExists");
    expect(await code(put(group, builtInRoles.owner.id, name))).toBe("PropertyChangeNotAllowed");
    expect(await code(put(group, randomUUID()))).toBe("RoleDefinitionDoesNotExist");
    expect(await code(put(group, builtInRoles.reader.id, "no-guid"))).toBe("InvalidResourceName");
    expect(await code(put(`${subscription}/resourceGroups/none`, builtInRoles.reader.id))).toBe("ResourceNotFound");
    const send = (content: unknown) =>
      running.request("PUT", path(group, randomUUID()), { token: owner, body: content });
    expect(await code(send(body(builtInRoles.reader.id, randomUUID())))).toBe("PrincipalNotFound");
    expect(await code(send({ properties: {} }))).toBe("InvalidRequestContent");
    const conditional = body(builtInRoles.contributor.id);
    expect(await code(send({ properties: { ...conditional.properties, condition: "@Resource[x] == 1" } }))).toBe(
      "ValidationFailed",
    );
    await running.request("DELETE", path(group, name), { token: owner });
  });

  test("lists show what reaches a scope, and what lies below unless atScope() is asked", async () => {
    for (const scope of [group, cluster]) expect((await put(scope, builtInRoles.reader.id)).status).toBe(201);
    expect((await list(group)).sort()).toEqual([subscription, group, cluster].sort());
    expect((await list(group, "atScope()")).sort()).toEqual([subscription, group].sort());
    expect(await list(subscription, `principalId eq '${person.principalId}' and atScope()`)).toEqual([]);
    expect((await list(cluster, `assignedTo('${person.principalId}')`)).sort()).toEqual([group, cluster].sort());
    const bad = await running.request(
      "GET",
      `${group}/providers/Microsoft.Authorization/roleAssignments?${version}&$filter=x`,
      { token: owner },
    );
    expect(bad.status).toBe(400);
    const first = await running.request(
      "GET",
      `${group}/providers/Microsoft.Authorization/roleAssignments?${version}&$top=2`,
      { token: owner },
    );
    expect(first.json().value).toHaveLength(2);
    const { pathname, search } = new URL(first.json().nextLink);
    const second = await running.request("GET", `${pathname}${search}`, { token: owner });
    expect(second.json()).toMatchObject({ value: [expect.anything()], nextLink: null });
  });

  test("what was granted on a deleted resource is not there on a new one of the same name", async () => {
    expect(await list(cluster, "")).toContain(cluster);
    await running.request("DELETE", `${cluster}?api-version=2024-07-01-preview`, { token: owner });
    await putCluster(running, "edge", "");
    expect(await list(cluster, "")).not.toContain(cluster);
  });

  test("role definitions are listed, filtered and found by id, with or without scope", async () => {
    const get = async (url: string) =>
      (await running.request("GET", `${url}${url.includes("?") ? "&" : "?"}${version}`, { token: owner })).json();
    const base = "/providers/Microsoft.Authorization/roleDefinitions";
    expect((await get(base)).value).toHaveLength(Object.keys(builtInRoles).length);
    const named = await get(`${subscription}${base}?$filter=${encodeURIComponent("roleName eq 'Contributor'")}`);
    expect(named.value).toEqual([expect.objectContaining({ name: builtInRoles.contributor.id })]);
    expect((await get(`${base}/${builtInRoles.reader.id}`)).properties).toMatchObject({
      roleName: "Reader",
      type: "BuiltInRole",
    });
    expect((await get(`${base}/${randomUUID()}`)).error.code).toBe("ResourceNotFound");
    expect((await get(`${base}?$filter=nonsense`)).error.code).toBe("BadRequest");
  });
});
