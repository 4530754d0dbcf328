import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type DataPlaneVerb, DesiredState, dataPlanePath } from "@arcfleet/contract";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { builtInRoles } from "../../src/authorization/built-in-roles.ts";
import { type Application, addApplication } from "../../src/identity/applications.ts";
import { type Running, runControlPlane } from "../support/running.ts";
import { attachCluster, clusterWithKey, type TestCluster } from "../support/test-cluster.ts";

describe("the identities of a cluster that moves", () => {
  let running: Running;
  let owner: string;
  let from: TestCluster;
  let to: string;

  beforeAll(async () => {
    running = await runControlPlane({ chartDirs: [join(import.meta.dirname, "../../../extensions")] });
    owner = await running.ownerToken();
    from = await attachCluster(running, "edge");
    to = `${from.id}-northeurope-1`;
    await putExtension(from.id);
    expect((await move(to, owner)).status).toBe(201);
  });
  afterAll(() => running.close());

  const put = (id: string, apiVersion: string, token: string, body: object) =>
    running.request("PUT", `${id}?api-version=${apiVersion}`, { token, body });
  const fluxOf = (cluster: string) => `${cluster}/providers/Microsoft.KubernetesConfiguration/extensions/flux`;
  const putExtension = async (cluster: string) => {
    const body = { properties: { extensionType: "microsoft.flux" } };
    const answer = await put(fluxOf(cluster), "2023-05-01", owner, body);
    if (answer.status > 201) throw new Error(answer.body);
  };
  const keyOf = async (id: string) =>
    (await running.request("GET", `${id}?api-version=2024-07-01-preview`, { token: owner })).json().properties
      .agentPublicKeyCertificate;
  const move = async (id: string, token: string, movedFrom = from.id) =>
    put(id, "2024-07-01-preview", token, {
      location: "northeurope",
      properties: { agentPublicKeyCertificate: await keyOf(from.id), movedFrom },
    });
  const tokenOf = async (application: Application) => {
    const { identity } = running.controlPlane.services;
    return (await identity.issuer.issue(application, running.controlPlane.endpoint)).accessToken;
  };
  const ask = (verb: DataPlaneVerb, cluster: string, token: string, body?: object) =>
    running.request(body === undefined ? "GET" : "POST", dataPlanePath(cluster, verb), {
      token,
      ...(body === undefined ? {} : { body }),
    });

  test("are its own for each record, which the one key proves", async () => {
    const moved = attachedAs(to);
    expect((await ask("desired-state", to, await moved.token())).status).toBe(200);
    expect((await ask("desired-state", from.id, await moved.token())).status).toBe(403);
    expect((await ask("desired-state", to, await from.token())).status).toBe(403);
  });

  test("of an extension last from the old record until the new one has the extension", async () => {
    const moved = attachedAs(to);
    const question = { audience: running.controlPlane.endpoint, extensionName: "flux" };
    const buy = async () => (await ask("tokens", to, await moved.token(), question)).json().accessToken;
    const old = await buy();
    const answer = await ask("desired-state", to, old);
    expect(DesiredState.parse(answer.json()).items).toEqual([]);
    // Not the other way round: the old record is no heir of the new one.
    await putExtension(to);
    const fresh = await buy();
    expect((await ask("desired-state", to, fresh)).status).toBe(200);
    expect((await ask("desired-state", from.id, fresh)).status).toBe(403);
  });

  test("cannot be taken by someone who may not delete the cluster, whether or not it exists", async () => {
    const { store } = running.controlPlane.services;
    const attacker = await store.write((tx) =>
      addApplication(tx, { kind: "Application", name: "attacker" }, running.clock),
    );
    const subscription = `/subscriptions/${running.controlPlane.connection.subscriptionId}`;
    const assignment = `${subscription}/resourceGroups/fleet/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
    const made = await put(assignment, "2022-04-01", owner, {
      properties: {
        roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${builtInRoles.onboarding.id}`,
        principalId: attacker.principalId,
      },
    });
    expect(made.status).toBe(201);
    const token = await tokenOf(attacker);
    for (const victim of [from.id, `${from.id}-none`]) {
      const refused = await move(`${from.id}-taken`, token, victim);
      expect(refused.status).toBe(403);
      expect(refused.json().error.message).toContain("Microsoft.Kubernetes/connectedClusters/delete");
    }
  });

  /** The same cluster, speaking for another of its records. */
  const attachedAs = (id: string): TestCluster => clusterWithKey(running, id, from.onboardingKey);
});
