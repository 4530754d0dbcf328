import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { builtInRoles } from "../../src/authorization/built-in-roles.ts";
import { type RoleWorld, roleWorld } from "../support/role-world.ts";
import { attachCluster, type TestCluster } from "../support/test-cluster.ts";

const version = "api-version=2018-09-01-preview";
const clusters = "Microsoft.Kubernetes/connectedClusters";

describe("checkAccess", () => {
  let world: RoleWorld;
  let agent: TestCluster;
  let agentToken: string;
  const user = randomUUID();
  const group = randomUUID();

  beforeAll(async () => {
    world = await roleWorld();
    agent = await attachCluster(world.running, "guarded");
    agentToken = await agent.token();
    await world.assign(`${agent.id}/namespaces/shop`, builtInRoles.kubernetesWriter.id, user, {
      principalType: "User",
    });
    await world.assign(agent.id, builtInRoles.kubernetesViewer.id, group, { principalType: "Group" });
  });
  afterAll(() => world.close());

  const ask = (
    actions: readonly string[],
    {
      path = "",
      token = agentToken,
      subject = { ObjectId: user } as object,
      resource = undefined as string | undefined,
      isDataAction = true,
    } = {},
  ) =>
    world.call("POST", `${agent.id}${path}/providers/Microsoft.Authorization/checkaccess?${version}`, {
      token,
      body: {
        Subject: { Attributes: subject },
        Actions: actions.map((Id) => ({ Id, IsDataAction: isDataAction })),
        Resource: { Id: resource ?? `${agent.id}${path}` },
      },
    });
  const decisions = async (...args: Parameters<typeof ask>): Promise<unknown[]> => {
    const { status, body } = await ask(...args);
    expect(status).toBe(200);
    return (body.value as { accessDecision: string }[]).map(({ accessDecision }) => accessDecision);
  };

  test("decides by the roles of the person in the namespace, and names the assignment", async () => {
    const { body } = await ask([`${clusters}/pods/write`, `${clusters}/rbac.authorization.k8s.io/roles/write`], {
      path: "/namespaces/shop",
    });
    expect(body.value).toEqual([
      {
        actionId: `${clusters}/pods/write`,
        accessDecision: "Allowed",
        isDataAction: true,
        roleAssignment: {
          id: expect.stringContaining(`${agent.id}/namespaces/shop/providers/Microsoft.Authorization/roleAssignments/`),
          roleDefinitionId: expect.stringContaining(builtInRoles.kubernetesWriter.id),
          principalId: user,
          principalType: "User",
          scope: `${agent.id}/namespaces/shop`,
          condition: null,
          conditionVersion: null,
          canDelegate: false,
        },
        denyAssignment: null,
        timeToLiveInMs: expect.any(Number),
      },
      expect.objectContaining({ accessDecision: "NotAllowed", roleAssignment: null }),
    ]);
  });

  test("knows both spellings of a namespace, and no other namespace", async () => {
    const pods = [`${clusters}/pods/delete`];
    const long = "/providers/Microsoft.KubernetesConfiguration/namespaces";
    expect(await decisions(pods, { path: `${long}/shop` })).toEqual(["Allowed"]);
    expect(await decisions(pods, { path: "/namespaces/SHOP" })).toEqual(["Allowed"]);
    expect(await decisions(pods, { path: "/namespaces/shopping" })).toEqual(["NotAllowed"]);
    expect(await decisions(pods)).toEqual(["NotAllowed"]);
  });

  test("counts the groups of the person", async () => {
    const pods = [`${clusters}/pods/read`, `${clusters}/secrets/read`, `${clusters}/pods/*`];
    expect(await decisions(pods, { subject: { ObjectId: randomUUID() } })).toEqual(Array(3).fill("NotAllowed"));
    const inGroup = { ObjectId: randomUUID(), Groups: [randomUUID(), group.toUpperCase()] };
    expect(await decisions(pods, { subject: inGroup })).toEqual(["Allowed", "NotAllowed", "NotAllowed"]);
    expect(await decisions(pods, { subject: inGroup, path: "/namespaces/any" })).toEqual([
      "Allowed",
      "NotAllowed",
      "NotAllowed",
    ]);
  });

  test("tells control actions from data actions", async () => {
    const owner = { ObjectId: (await world.newPrincipal("boss")).principalId };
    await world.assign(world.group, builtInRoles.owner.id, owner.ObjectId);
    expect(await decisions([`${clusters}/pods/read`], { subject: owner })).toEqual(["NotAllowed"]);
    expect(await decisions([`${clusters}/read`], { subject: owner, isDataAction: false })).toEqual(["Allowed"]);
  });

  test("answers 200 actions for a person in 1,000 groups", async () => {
    const actions = Array.from({ length: 200 }, (_, index) => `${clusters}/group${index}/kind/read`);
    const subject = { ObjectId: user, Groups: Array.from({ length: 1000 }, () => randomUUID()) };
    expect(await decisions(actions, { subject, path: "/namespaces/shop" })).toHaveLength(200);
    expect((await ask([...actions, "one/more"])).code).toBe("InvalidRequestContent");
  });

  test("is for the cluster itself and for who may read roles there, nobody else", async () => {
    const other = await attachCluster(world.running, "neighbour");
    expect((await ask(["a/b"], { token: await other.token() })).status).toBe(403);
    const stranger = await world.newPrincipal("stranger");
    expect((await ask(["a/b"], { token: stranger.token })).status).toBe(403);
    await world.assign(agent.id, builtInRoles.checkAccessReader.id, stranger.principalId);
    expect((await ask(["a/b"], { token: stranger.token })).status).toBe(200);
    expect((await ask(["a/b"], { token: world.owner })).status).toBe(200);
  });

  test("does not answer for what lies outside of what was authorised", async () => {
    for (const resource of [world.cluster, world.group, world.subscription, `${agent.id}x`, "/"]) {
      expect((await ask(["a/b"], { resource })).code).toBe("ValidationFailed");
    }
  });

  test("takes members in any case, and refuses what is no question", async () => {
    const url = `${agent.id}/providers/Microsoft.Authorization/checkAccess?${version}`;
    const body = {
      subject: { attributes: { objectId: user } },
      actions: [{ id: `${clusters}/pods/read`, isDataAction: true }],
      resource: { id: agent.id },
    };
    expect((await world.call("POST", url, { token: agentToken, body })).status).toBe(200);
    for (const odd of [{}, [], { ...body, actions: [] }, { ...body, subject: { attributes: { objectId: "me" } } }]) {
      expect((await world.call("POST", url, { token: agentToken, body: odd })).code).toBe("InvalidRequestContent");
    }
  });
});
