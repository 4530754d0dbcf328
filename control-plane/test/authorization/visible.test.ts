import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { builtInRoles } from "../../src/authorization/built-in-roles.ts";
import { addAssignment } from "../../src/authorization/role-assignments.ts";
import { type Principal, type RoleWorld, roleWorld } from "../support/role-world.ts";
import { attachCluster } from "../support/test-cluster.ts";

const clusters = "providers/Microsoft.Kubernetes/connectedClusters";

describe("what lists show", () => {
  let world: RoleWorld;
  beforeAll(async () => {
    world = await roleWorld();
    // Names around the slash in the order of characters.
    for (const name of ["a", "a-b", "a.b", "ab"]) {
      const group = `${world.subscription}/resourceGroups/${name}`;
      await world.call("PUT", group, { token: world.owner, body: { location: "westeurope" } });
      for (const cluster of ["one", "one-two", "two"]) await putCluster(group, cluster);
    }
  });
  afterAll(() => world.close());

  const putCluster = (group: string, name: string) =>
    world.call("PUT", `${group}/${clusters}/${name}`, {
      token: world.owner,
      body: { location: "westeurope", properties: { agentPublicKeyCertificate: "" } },
    });
  const idsOf = async (url: string, { token }: Pick<Principal, "token">): Promise<string[]> => {
    const found: string[] = [];
    for (let next: string | null = url; next !== null; ) {
      const { status, body } = await world.call("GET", next, { token });
      expect(status).toBe(200);
      found.push(...(body.value as { id: string }[]).map(({ id }) => id.slice(world.subscription.length)));
      next = typeof body.nextLink === "string" ? new URL(body.nextLink).pathname + new URL(body.nextLink).search : null;
    }
    return found;
  };
  const statusOf = async (url: string, { token }: Pick<Principal, "token">) =>
    (await world.call("GET", url, { token })).status;
  const personWith = async (role: string, ...scopes: readonly string[]): Promise<Principal> => {
    const person = await world.newPrincipal("somebody");
    for (const scope of scopes) await world.assign(`${world.subscription}${scope}`, role, person.principalId);
    return person;
  };

  test.each([1, 2, 100])("is what lies at or below a role, in pages of %d", async (top) => {
    const person = await personWith(
      builtInRoles.reader.id,
      "/resourceGroups/a",
      `/resourceGroups/a/${clusters}/two`,
      `/resourceGroups/a-b/${clusters}/one`,
      "/resourceGroups/ab",
    );
    const list = (path: string) => idsOf(`${world.subscription}/${path}?$top=${top}`, person);
    const expected = [
      `/resourceGroups/a-b/${clusters}/one`,
      ...["one", "one-two", "two"].map((name) => `/resourceGroups/a/${clusters}/${name}`),
      ...["one", "one-two", "two"].map((name) => `/resourceGroups/ab/${clusters}/${name}`),
    ];
    expect(await list(clusters)).toEqual(expected);
    expect(await list("resources")).toEqual(expected);
    expect(await list(`resourceGroups/a-b/${clusters}`)).toEqual([expected[0]]);
    expect(await list("resourceGroups/a-b/resources")).toEqual([expected[0]]);
    expect(await list("resourceGroups")).toEqual(["/resourceGroups/a", "/resourceGroups/ab"]);
  });

  test("is nothing without a role, and a refusal rather than an empty list", async () => {
    const stranger = await world.newPrincipal("stranger");
    for (const path of [
      "resourceGroups",
      "resources",
      clusters,
      `resourceGroups/a/${clusters}`,
      "resourceGroups/a/resources",
    ]) {
      expect([path, await statusOf(`${world.subscription}/${path}`, stranger)]).toEqual([path, 403]);
    }
    // Whether a group exists makes no difference.
    expect(await statusOf(`${world.subscription}/resourceGroups/none/${clusters}`, stranger)).toBe(403);
    const elsewhere = await personWith(builtInRoles.reader.id, "/resourceGroups/ab");
    expect(await statusOf(`${world.subscription}/resourceGroups/a/${clusters}`, elsewhere)).toBe(403);
  });

  test("counts the role, not only the scope", async () => {
    const person = await personWith(builtInRoles.clusterUser.id, "/resourceGroups/a");
    expect(await statusOf(`${world.subscription}/${clusters}`, person)).toBe(403);
    expect(await idsOf(`${world.subscription}/resourceGroups`, person)).toEqual(["/resourceGroups/a"]);
  });

  test("stays fast for who holds thousands of roles", async () => {
    const person = await world.newPrincipal("collector");
    const { store, clock } = world.running.controlPlane.services;
    await store.write(async (tx) => {
      for (let index = 0; index < 2000; index++) {
        await addAssignment(
          tx,
          {
            scope: `${world.subscription}/resourceGroups/a/${clusters}/c${index}`,
            role: builtInRoles.reader.id,
            principalId: person.principalId,
            principalType: "ServicePrincipal",
            createdBy: person.principalId,
          },
          clock,
        );
      }
    });
    await putCluster(`${world.subscription}/resourceGroups/a`, "c1999");
    await statusOf(`${world.subscription}/${clusters}`, person);
    expect(await idsOf(`${world.subscription}/${clusters}`, person)).toEqual([`/resourceGroups/a/${clusters}/c1999`]);
  });

  test("of subscriptions holds it for who has any role in it", async () => {
    const stranger = await world.newPrincipal("stranger");
    expect(await idsOf("/subscriptions", stranger)).toEqual([]);
    expect(await statusOf(world.subscription, stranger)).toBe(403);
    const person = await personWith(builtInRoles.kubernetesViewer.id, `/resourceGroups/a/${clusters}/one`);
    expect(await idsOf("/subscriptions", person)).toEqual([""]);
    expect(await statusOf(world.subscription, person)).toBe(200);
  });

  test("groups of the caller count where the token names them", async () => {
    const { access } = world.running.controlPlane.services;
    const group = randomUUID();
    await world.assign(`${world.subscription}/resourceGroups/a`, builtInRoles.reader.id, group, {
      principalType: "Group",
    });
    const caller = { principalId: randomUUID(), tenantId: "t", appId: "a", kind: "User", name: "ann" } as const;
    const action = "Microsoft.Kubernetes/connectedClusters/read";
    const scope = `${world.subscription}/resourceGroups/a/${clusters}/one`;
    expect(await access.isAllowed(caller, action, scope)).toBe(false);
    expect(await access.isAllowed({ ...caller, groups: [group.toUpperCase()] }, action, scope)).toBe(true);
  });
});

describe("operations", () => {
  let world: RoleWorld;
  beforeAll(async () => {
    world = await roleWorld({ chartDirs: [join(import.meta.dirname, "../support/charts")] });
  });
  afterAll(() => world.close());

  test("are for who may read what they are about, and cannot be told from none by others", async () => {
    const { id } = await attachCluster(world.running, "worked-on");
    const other = await attachCluster(world.running, "idle");
    const extension = `${id}/providers/Microsoft.KubernetesConfiguration/extensions/tool`;
    const made = await world.call("PUT", extension, {
      token: world.owner,
      body: { properties: { extensionType: "example.monitor" } },
    });
    const link = new URL(String(made.headers["azure-asyncoperation"] ?? ""));
    const path = `${link.pathname}${link.search}`;
    const operation = link.pathname.split("/").at(-1);
    expect((await world.call("GET", path, { token: world.owner })).status).toBe(200);

    const stranger = await world.newPrincipal("stranger");
    expect((await world.call("GET", path, { token: stranger.token })).status).toBe(403);
    const tenant = (name: string) =>
      `/providers/Microsoft.KubernetesConfiguration/locations/local/operationStatuses/${name}?api-version=2023-05-01`;
    expect((await world.call("GET", tenant(operation ?? ""), { token: world.owner })).status).toBe(200);
    const refused = await world.call("GET", tenant(operation ?? ""), { token: stranger.token });
    const absent = await world.call("GET", tenant(randomUUID()), { token: stranger.token });
    expect([refused.status, refused.code]).toEqual([404, "OperationNotFound"]);
    expect([absent.status, absent.code]).toEqual([404, "OperationNotFound"]);

    // A role on another cluster opens no path to it.
    await world.assign(other.id, builtInRoles.owner.id, stranger.principalId);
    const detour = path.replace(id, other.id);
    expect((await world.call("GET", detour, { token: stranger.token })).status).toBe(404);
  });
});
