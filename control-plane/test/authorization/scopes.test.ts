import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { builtInRoles } from "../../src/authorization/built-in-roles.ts";
import { type RoleWorld, roleWorld } from "../support/role-world.ts";

describe("what surrounds role assignments", () => {
  let world: RoleWorld;
  beforeAll(async () => {
    world = await roleWorld();
  });
  afterAll(() => world.close());

  const at = (scope: string, rest: string) => `${scope}/providers/Microsoft.Authorization/${rest}`;

  test("principals of another directory are taken when it is said what they are", async () => {
    const outside = randomUUID();
    const reader = builtInRoles.reader.id;
    expect((await world.tryAssign(world.group, reader, outside)).code).toBe("PrincipalNotFound");
    expect((await world.tryAssign(world.group, reader, outside, { principalType: "ServicePrincipal" })).code).toBe(
      "PrincipalNotFound",
    );
    for (const [index, principalType] of ["User", "Group", "ForeignGroup"].entries()) {
      const made = await world.tryAssign(world.group, reader, randomUUID(), { principalType });
      expect(made.body).toMatchObject({ properties: { principalType } });
      expect([index, made.status]).toEqual([index, 201]);
    }
    const { principalId } = await world.newPrincipal("an application");
    expect((await world.tryAssign(world.group, reader, principalId, { principalType: "Group" })).code).toBe(
      "UnmatchedPrincipalType",
    );
  });

  test("the description can be changed, the grant cannot", async () => {
    const { principalId } = await world.newPrincipal("described");
    const name = randomUUID();
    const put = (description: string | undefined, role: string = builtInRoles.reader.id) =>
      world.call("PUT", at(world.group, `roleAssignments/${name}`), {
        token: world.owner,
        body: { properties: { roleDefinitionId: role, principalId, description } },
      });
    expect((await put("why")).status).toBe(201);
    const changed = await put("why else");
    expect([changed.status, (changed.body.properties as { description: string }).description]).toEqual([
      200,
      "why else",
    ]);
    expect((await put("why", builtInRoles.owner.id)).code).toBe("PropertyChangeNotAllowed");
  });

  test("a namespace of a cluster is a scope, a child of it too, and both end with the cluster", async () => {
    const cluster = `${world.group}/providers/Microsoft.Kubernetes/connectedClusters/short-lived`;
    const putIt = () =>
      world.call("PUT", cluster, {
        token: world.owner,
        body: { location: "westeurope", properties: { agentPublicKeyCertificate: "" } },
      });
    expect((await putIt()).status).toBe(201);
    const { principalId } = await world.newPrincipal("of the namespace");
    const scope = `${cluster}/namespaces/shop`;
    const id = await world.assign(scope, builtInRoles.kubernetesViewer.id, principalId);
    expect(id.startsWith(`${scope}/providers/`)).toBe(true);
    expect((await world.call("GET", id, { token: world.owner })).status).toBe(200);
    const list = (await world.call("GET", at(cluster, "roleAssignments"), { token: world.owner })).body;
    expect(JSON.stringify(list)).toContain(scope);
    for (const wrong of [`${cluster}/namespaces/No_Name`, `${world.cluster}-not/namespaces/shop`]) {
      expect((await world.tryAssign(wrong, builtInRoles.reader.id, principalId)).code).toBe("ResourceNotFound");
    }
    await world.call("DELETE", cluster, { token: world.owner });
    await putIt();
    expect((await world.call("GET", id, { token: world.owner })).status).toBe(404);
    const rows = await world.running.controlPlane.services.store.read
      .selectFrom("role_assignments")
      .selectAll()
      .where("principal_id", "=", principalId)
      .execute();
    expect(rows).toEqual([]);
  });

  test("permissions tell everyone what their own roles are at a scope, and nothing where there are none", async () => {
    const person = await world.newPrincipal("curious");
    const ask = async (scope: string) =>
      (await world.call("GET", at(scope, "permissions"), { token: person.token })).body.value;
    expect(await ask(world.group)).toEqual([]);
    expect(await ask(`${world.subscription}/resourceGroups/not-there`)).toEqual([]);
    await world.assign(world.group, builtInRoles.reader.id, person.principalId);
    expect(await ask(world.cluster)).toEqual([
      { actions: ["*/read"], notActions: [], dataActions: [], notDataActions: [] },
    ]);
    expect(await ask(world.otherGroup)).toEqual([]);
  });

  test("there are no deny assignments", async () => {
    const url = at(world.group, "denyAssignments");
    expect((await world.call("GET", url, { token: world.owner })).body).toEqual({ value: [], nextLink: null });
    expect((await world.call("GET", `${url}/${randomUUID()}`, { token: world.owner })).status).toBe(404);
    const stranger = await world.newPrincipal("stranger");
    expect((await world.call("GET", url, { token: stranger.token })).status).toBe(403);
  });

  test("who may not write assignments cannot give itself more, by no path", async () => {
    const contributor = await world.newPrincipal("contributor");
    await world.assign(world.group, builtInRoles.contributor.id, contributor.principalId);
    const body = { properties: { roleDefinitionId: builtInRoles.owner.id, principalId: contributor.principalId } };
    for (const scope of [world.subscription, world.group, world.cluster, `${world.cluster}/namespaces/x`]) {
      const url = at(scope, `roleAssignments/${randomUUID()}`);
      expect((await world.call("PUT", url, { token: contributor.token, body })).status).toBe(403);
      expect((await world.call("PUT", url.toUpperCase(), { token: contributor.token, body })).status).toBe(403);
    }
    const elsewhere = `${world.group}%2F..%2Fother/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
    expect((await world.call("PUT", elsewhere, { token: world.owner, body })).code).toBe("BadRequest");
  });
});
