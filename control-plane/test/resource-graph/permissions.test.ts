import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { builtInRoles } from "../../src/authorization/built-in-roles.ts";
import { type Principal, type RoleWorld, roleWorld } from "../support/role-world.ts";

const url = "/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01";
const everything =
  "union resources, kubernetesconfigurationresources, resourcecontainers, authorizationresources | project type, id";

let world: RoleWorld;

beforeAll(async () => {
  world = await roleWorld();
  const cluster = `${world.otherGroup}/providers/Microsoft.Kubernetes/connectedClusters/edge-2`;
  await put(cluster, { location: "westeurope", properties: { agentPublicKeyCertificate: "" } });
  for (const one of [world.cluster, cluster]) {
    await put(`${one}/providers/Microsoft.KubernetesConfiguration/fluxConfigurations/apps`, {
      properties: {
        sourceKind: "GitRepository",
        gitRepository: { url: "https://example.com/fleet.git", repositoryRef: { branch: "main" } },
        kustomizations: { apps: {} },
      },
    });
  }
});

afterAll(() => world.close());

async function put(path: string, body: object): Promise<void> {
  const version = path.includes("fluxConfigurations") ? "2023-05-01" : "2024-01-01";
  const answer = await world.call("PUT", `${path}?api-version=${version}`, { token: world.owner, body });
  if (answer.status > 201) throw new Error(JSON.stringify(answer.body));
}

async function idsFor({ token }: Pick<Principal, "token">, query: string): Promise<string[]> {
  const answer = await world.call("POST", url, { token, body: { query } });
  expect(answer.status).toBe(200);
  return (answer.body.data as { id: string }[])
    .map(({ id }) => id.slice(world.subscription.length).toLowerCase())
    .sort();
}

const personWith = async (role: string, ...scopes: readonly string[]): Promise<Principal> => {
  const person = await world.newPrincipal(`somebody-${randomUUID()}`);
  for (const scope of scopes) await world.assign(scope, role, person.principalId);
  return person;
};

const edge = "/resourcegroups/fleet/providers/microsoft.kubernetes/connectedclusters/edge";
const flux = "/providers/microsoft.kubernetesconfiguration/fluxconfigurations/apps";

test("nobody sees anything without a role, and nothing tells that there is something", async () => {
  const stranger = await world.newPrincipal("stranger");
  expect(await idsFor(stranger, everything)).toEqual([]);
  const { body } = await world.call("POST", url, { token: stranger.token, body: { query: "resources | count" } });
  expect(body).toMatchObject({ totalRecords: 1, data: [{ Count: 0 }] });
});

test("a role at a group shows that group and what is in it, whatever the query does", async () => {
  const person = await personWith(builtInRoles.reader.id, world.group);
  const notRoles = "where type !startswith 'microsoft.authorization'";
  expect(await idsFor(person, `${everything} | ${notRoles}`)).toEqual([
    "/resourcegroups/fleet",
    edge,
    `${edge}${flux}`,
  ]);
  expect(
    await idsFor(
      person,
      "resources | join kind=fullouter (resources | project id2 = id, location) on location | project id = id2",
    ),
  ).toEqual([edge]);
  expect(await idsFor(person, `kubernetesconfigurationresources | where resourceGroup == 'other'`)).toEqual([]);
});

test("a role at a cluster shows the cluster and what is on it", async () => {
  const person = await personWith(builtInRoles.reader.id, world.cluster);
  expect(await idsFor(person, "union resources, kubernetesconfigurationresources, resourcecontainers")).toEqual([
    edge,
    `${edge}${flux}`,
  ]);
});

test("a role that allows reading one type shows that type only", async () => {
  const onboarding = await personWith(builtInRoles.onboarding.id, world.subscription);
  expect(await idsFor(onboarding, "resources")).toHaveLength(2);
  expect(await idsFor(onboarding, "kubernetesconfigurationresources")).toEqual([]);
});

test("more roles than a statement takes show what each of them allows", async () => {
  const person = await world.newPrincipal("many");
  for (let index = 0; index < 220; index++) {
    const group = `${world.subscription}/resourceGroups/g${index}`;
    await put(group, { location: "westeurope" });
    await world.assign(group, builtInRoles.reader.id, person.principalId);
  }
  await world.assign(world.otherGroup, builtInRoles.reader.id, person.principalId);
  expect(await idsFor(person, "resources")).toEqual([edge.replace("fleet", "other").replace(/edge$/, "edge-2")]);
});

test("a page token belongs to who got it", async () => {
  const ask = (token: string, $skipToken?: unknown) =>
    world.call("POST", url, { token, body: { query: "resources | project id", options: { $top: 1, $skipToken } } });
  const first = await ask(world.owner);
  expect((await ask(world.owner, first.body.$skipToken)).status).toBe(200);
  const other = await personWith(builtInRoles.reader.id, world.subscription);
  expect((await ask(other.token, first.body.$skipToken)).code).toBe("BadRequest");
});

test("too many queries are answered 429 with the time to wait", async () => {
  const busy = await world.newPrincipal("busy");
  const statuses = new Set<number>();
  for (let index = 0; index < 160; index++) {
    const { status, headers } = await world.call("POST", url, { token: busy.token, body: { query: "resources" } });
    statuses.add(status);
    if (status === 429)
      expect(headers).toMatchObject({
        "retry-after": expect.stringMatching(/^[1-5]$/),
        "x-ms-user-quota-remaining": "0",
      });
  }
  expect([...statuses]).toEqual([200, 429]);
});
