import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { builtInRoles } from "../../src/authorization/built-in-roles.ts";
import { type Principal, type RoleWorld, roleWorld } from "../support/role-world.ts";

describe("custom roles", () => {
  let world: RoleWorld;
  let person: Principal;

  beforeAll(async () => {
    world = await roleWorld();
    person = await world.newPrincipal("reader of clusters");
  });
  afterAll(() => world.close());

  const path = (id: string, scope = world.subscription) =>
    `${scope}/providers/Microsoft.Authorization/roleDefinitions/${id}`;
  const definition = (roleName: string, changes: object = {}) => ({
    properties: {
      roleName,
      description: "for a test",
      type: "CustomRole",
      permissions: [{ actions: ["Microsoft.Kubernetes/connectedClusters/read"], notActions: [] }],
      assignableScopes: [world.group],
      ...changes,
    },
  });
  const put = (id: string, body: object, token = world.owner, scope = world.group) =>
    world.call("PUT", path(id, scope), { token, body });

  test("are defined, held, changed and removed", async () => {
    const id = randomUUID();
    const made = await put(id, definition("Cluster looker"));
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: id,
      type: "Microsoft.Authorization/roleDefinitions",
      properties: { roleName: "Cluster looker", type: "CustomRole", assignableScopes: [world.group] },
    });
    // As Azure: its clients take 200 for a failure.
    expect((await put(id, definition("Cluster looker"))).status).toBe(201);

    const look = () => world.call("GET", world.cluster, { token: person.token });
    expect((await look()).status).toBe(403);
    const assignment = await world.assign(world.group, id, person.principalId);
    expect((await look()).status).toBe(200);
    expect((await world.call("DELETE", world.cluster, { token: person.token })).status).toBe(403);

    const taken = definition("Cluster looker", {
      permissions: [{ actions: ["*"], notActions: ["Microsoft.Kubernetes/*"] }],
    });
    expect((await put(id, taken)).status).toBe(201);
    expect((await look()).status).toBe(403);

    const removal = await world.call("DELETE", path(id), { token: world.owner });
    expect([removal.status, removal.code]).toEqual([409, "RoleDefinitionHasAssignments"]);
    await world.call("DELETE", assignment, { token: world.owner });
    expect((await world.call("DELETE", path(id), { token: world.owner })).status).toBe(200);
    expect((await world.call("DELETE", path(id), { token: world.owner })).status).toBe(204);
    expect((await world.call("GET", path(id), { token: world.owner })).status).toBe(404);
  });

  test("are assigned only where they may be, and keep their scopes while they are", async () => {
    const id = randomUUID();
    await put(id, definition("Scoped"));
    const refused = await world.tryAssign(world.subscription, id, person.principalId);
    expect([refused.status, refused.code]).toEqual([400, "ValidationFailed"]);
    const assignment = await world.assign(world.cluster, id, person.principalId);
    const moved = await put(
      id,
      definition("Scoped", { assignableScopes: [world.otherGroup] }),
      world.owner,
      world.otherGroup,
    );
    expect([moved.status, moved.code]).toEqual([409, "RoleDefinitionHasAssignments"]);
    await world.call("DELETE", assignment, { token: world.owner });
    await world.call("DELETE", path(id), { token: world.owner });
  });

  test.each([
    ["the name of a built-in role", { roleName: "reader" }, "RoleDefinitionWithSameNameExists"],
    ["no action at all", { permissions: [{ actions: ["read everything"] }] }, "InvalidRequestContent"],
    ["two entries of permissions", { permissions: [{ actions: [] }, { actions: [] }] }, "InvalidRequestContent"],
    ["a condition", { permissions: [{ actions: ["*/read"], condition: "@x == 1" }] }, "ValidationFailed"],
    ["another subscription", { assignableScopes: [`/subscriptions/${randomUUID()}`] }, "ValidationFailed"],
    ["the root", { assignableScopes: ["/"] }, "ValidationFailed"],
    ["a type of its own", { type: "BuiltInRole" }, "ValidationFailed"],
  ])("with %s are refused", async (_what, changes, code) => {
    expect((await put(randomUUID(), definition("Odd", changes))).code).toBe(code);
  });

  test("do not take the name of another, the id of a built-in one, or a scope that is not there", async () => {
    const id = randomUUID();
    await put(id, definition("Taken"));
    expect((await put(randomUUID(), definition("TAKEN"))).code).toBe("RoleDefinitionWithSameNameExists");
    expect((await put(builtInRoles.reader.id, definition("Mine"))).code).toBe("ValidationFailed");
    expect((await put("mine", definition("Mine"))).code).toBe("InvalidResourceName");
    const nowhere = definition("Nowhere", {
      assignableScopes: [world.group, `${world.subscription}/resourceGroups/no`],
    });
    expect((await put(randomUUID(), nowhere)).code).toBe("ResourceNotFound");
    await world.call("DELETE", path(id), { token: world.owner });
  });

  test("are no way to more: whoever manages them in one group cannot touch what reaches others", async () => {
    const admin = await world.newPrincipal("admin of one group");
    await world.assign(world.group, builtInRoles.owner.id, admin.principalId);
    const wide = definition("Wide", { assignableScopes: [world.group, world.otherGroup] });
    const id = randomUUID();
    expect((await put(id, wide, admin.token)).status).toBe(403);
    expect((await put(id, wide)).status).toBe(201);
    const widened = definition("Wide", { permissions: [{ actions: ["*"] }] });
    expect((await put(id, widened, admin.token)).status).toBe(403);
    expect((await world.call("DELETE", path(id, world.group), { token: admin.token })).status).toBe(403);
    expect((await put(randomUUID(), definition("Narrow"), admin.token)).status).toBe(201);
  });

  test("are listed where they can be assigned, and by kind", async () => {
    const id = randomUUID();
    await put(id, definition("Listed"));
    const names = async (scope: string, filter = "", token = world.owner) => {
      const url = `${scope}/providers/Microsoft.Authorization/roleDefinitions?$filter=${encodeURIComponent(filter)}`;
      const { value } = (await world.call("GET", url, { token })).body as { value: { name: string }[] };
      return value.map(({ name }) => name);
    };
    expect(await names(world.group)).toContain(id);
    expect(await names(world.cluster, "roleName eq 'listed'")).toEqual([id]);
    expect(await names(world.otherGroup)).not.toContain(id);
    expect(await names(world.subscription)).not.toContain(id);
    expect(await names(world.subscription, "atScopeAndBelow()")).toContain(id);
    expect(await names(world.group, "type eq 'BuiltInRole'")).not.toContain(id);
    expect(await names(world.group, "atScopeAndBelow() and type eq 'CustomRole'")).toContain(id);
    expect(await names("", "type eq 'CustomRole'")).toContain(id);
    const stranger = await world.newPrincipal("stranger");
    expect(await names("", "", stranger.token)).not.toContain(id);
    expect((await world.call("GET", path(id, ""), { token: stranger.token })).status).toBe(404);
  });
});
