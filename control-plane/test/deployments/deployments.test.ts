import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { addApplication } from "../../src/identity/applications.ts";
import { type Answer, type Api, startApi } from "../support/api.ts";
import {
  clusterPath,
  connectedCluster,
  fluxPath,
  generationOf,
  putCluster,
  putGroup,
  report,
} from "../support/cluster.ts";
import { waitFor } from "../support/wait-for.ts";

let api: Api;

beforeAll(async () => {
  api = await startApi();
  await putGroup(api);
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const pathOf = (name: string): string =>
  `${api.subscription}/resourceGroups/g1/providers/Microsoft.Resources/deployments/${name}`;
const bodyOf = (template: object, parameters: object = {}, more: object = {}) => ({
  properties: { mode: "Incremental", template, parameters, ...more },
});
async function ended(name: string): Promise<Answer> {
  const state = async () => (await api.call("GET", pathOf(name))).properties.provisioningState;
  await waitFor(`the end of the deployment ${name}`, async () => (await state()) !== "Running");
  return api.call("GET", pathOf(name));
}

const cluster = (name: string, more: object = {}) => ({
  type: "Microsoft.Kubernetes/connectedClusters",
  apiVersion: "2024-01-01",
  name,
  location: "[resourceGroup().location]",
  properties: { agentPublicKeyCertificate: "" },
  ...more,
});

describe("a deployment", () => {
  test("writes the resources of a template in their order, and tells of each", async () => {
    const template = {
      $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      contentVersion: "1.0.0.0",
      parameters: {
        prefix: { type: "string" },
        team: { type: "string", defaultValue: "[concat(parameters('prefix'), '-team')]" },
        secret: { type: "secureString", defaultValue: "aHVzaA==" },
      },
      variables: { clusterName: "[format('{0}-cluster', parameters('prefix'))]" },
      resources: [
        {
          type: "Microsoft.KubernetesConfiguration/fluxConfigurations",
          apiVersion: "2023-05-01",
          name: "apps",
          scope: "[format('Microsoft.Kubernetes/connectedClusters/{0}', variables('clusterName'))]",
          dependsOn: ["[resourceId('Microsoft.Kubernetes/connectedClusters', variables('clusterName'))]"],
          properties: {
            sourceKind: "GitRepository",
            gitRepository: {
              url: "https://example.com/fleet.git",
              repositoryRef: { branch: "main" },
              httpsUser: "git",
            },
            configurationProtectedSettings: { httpsKey: "[parameters('secret')]" },
          },
        },
        cluster("[variables('clusterName')]", { tags: { team: "[parameters('team')]" } }),
        cluster("never", { condition: "[equals(parameters('prefix'), 'other')]" }),
      ],
      outputs: {
        id: {
          type: "string",
          value: "[resourceId('Microsoft.Kubernetes/connectedClusters', variables('clusterName'))]",
        },
        hidden: { type: "secureString", value: "[parameters('secret')]" },
      },
    };
    const validated = await api.call(
      "POST",
      `${pathOf("first")}/validate`,
      bodyOf(template, { prefix: { value: "p" } }),
    );
    expect(validated.properties.validatedResources).toHaveLength(2);
    const begun = await api.call("PUT", pathOf("first"), bodyOf(template, { prefix: { value: "p" } }));
    expect([begun.status, begun.properties.provisioningState]).toEqual([201, "Running"]);
    const status = async () => (await api.follow(begun.headers["azure-asyncoperation"])).body.status;
    expect(["Running", "Succeeded"]).toContain(await status());
    const flux = fluxPath(clusterPath(api, "p-cluster"));
    await waitFor("the configuration", async () => (await api.call("GET", flux)).status === 200);
    // What an agent does, were there one.
    const generation = await generationOf(api, clusterPath(api, "p-cluster"));
    const observedAt = api.clock.now().toISOString();
    await report(api, clusterPath(api, "p-cluster"), [
      {
        kind: "fluxConfiguration",
        name: "apps",
        generation,
        state: "Succeeded",
        complianceState: "Compliant",
        observedAt,
      },
    ]);
    const done = await ended("first");
    expect(done.properties).toMatchObject({
      provisioningState: "Succeeded",
      parameters: { team: { type: "String", value: "p-team" }, secret: { type: "SecureString" } },
      outputs: { id: { type: "String", value: clusterPath(api, "p-cluster") } },
      outputResources: [{ id: flux }, { id: clusterPath(api, "p-cluster") }],
    });
    expect(done.text).not.toContain("aHVzaA==");
    expect(await status()).toBe("Succeeded");
    expect((await api.call("GET", clusterPath(api, "p-cluster"))).body.tags).toEqual({ team: "p-team" });
    expect((await api.call("GET", clusterPath(api, "never"))).status).toBe(404);
    const steps = await api.call("GET", `${pathOf("first")}/operations`);
    expect(steps.body.value).toHaveLength(2);
    const { plan } = await api.controlPlane.services.store.read
      .selectFrom("deployments")
      .select("plan")
      .where("key", "=", pathOf("first").toLowerCase())
      .executeTakeFirstOrThrow();
    expect(plan).toBeNull();
    const again = await api.call("PUT", pathOf("first"), bodyOf({ resources: [] }));
    expect(again.status).toBe(200);
    expect((await ended("first")).properties.provisioningState).toBe("Succeeded");
    expect((await api.call("HEAD", pathOf("first"))).status).toBe(204);
    const list = await api.call("GET", pathOf("").slice(0, -1));
    expect(list.body.value).toMatchObject([{ name: "first" }]);
    expect((await api.call("DELETE", pathOf("first"))).status).toBe(204);
    expect((await api.call("GET", pathOf("first"))).errorCode).toBe("DeploymentNotFound");
  });

  test("is taken as the Azure CLI writes it: the template with its comments, under a name without quotes", async () => {
    const text = `{"properties": {"parameters": {}, "mode": "Incremental", template:{ // by hand\n "resources": [${JSON.stringify(cluster("jsonc"))}]}}}`;
    expect((await api.call("PUT", `${pathOf("jsonc")}?api-version=2024-11-01`, text)).status).toBe(201);
    expect((await ended("jsonc")).properties.provisioningState).toBe("Succeeded");
    const steps = `${api.subscription}/resourceGroups/g1/deployments/jsonc/operations?api-version=2024-11-01`;
    expect((await api.call("GET", steps)).body.value).toHaveLength(1);
    const broken = await api.call("PUT", `${pathOf("jsonc")}?api-version=2024-11-01`, '{"properties": {template:{');
    expect([broken.status, broken.errorCode]).toEqual([400, "InvalidRequestContent"]);
    // Everywhere else a body is JSON and nothing else.
    expect((await api.call("PUT", clusterPath(api, "strict"), '{location:"westeurope"}')).status).toBe(400);
  });

  test("fails with the cause of each resource that cannot be written, and writes nothing that depends on it", async () => {
    const resources = [cluster("bad name"), cluster("good"), cluster("later", { dependsOn: ["bad name"] })];
    expect((await api.call("PUT", pathOf("failing"), bodyOf({ resources }))).status).toBe(201);
    const { properties } = await ended("failing");
    expect(properties).toMatchObject({
      provisioningState: "Failed",
      error: {
        code: "DeploymentFailed",
        details: [{ code: "InvalidResourceName", target: clusterPath(api, "bad name") }],
      },
    });
    expect((await api.call("GET", clusterPath(api, "later"))).status).toBe(404);
  });

  test("that waits for a cluster can be cancelled, and is not begun a second time meanwhile", async () => {
    const host = await connectedCluster(api, "slow");
    const flux = {
      type: "Microsoft.Kubernetes/connectedClusters/providers/fluxConfigurations",
      apiVersion: "2023-05-01",
      name: "slow/Microsoft.KubernetesConfiguration/apps",
      properties: {
        sourceKind: "GitRepository",
        gitRepository: { url: "https://example.com/a.git", repositoryRef: { branch: "main" } },
      },
    };
    await api.call("PUT", pathOf("waiting"), bodyOf({ resources: [flux] }));
    await waitFor("the configuration", async () => (await api.call("GET", fluxPath(host))).status === 200);
    expect((await api.call("PUT", pathOf("waiting"), bodyOf({ resources: [] }))).errorCode).toBe("DeploymentActive");
    expect((await api.call("DELETE", pathOf("waiting"))).errorCode).toBe("DeploymentActive");
    expect((await api.call("POST", `${pathOf("waiting")}/cancel`)).status).toBe(204);
    expect((await api.call("GET", pathOf("waiting"))).properties.provisioningState).toBe("Canceled");
    expect((await api.call("POST", `${pathOf("waiting")}/cancel`)).errorCode).toBe("DeploymentNotActive");
  });

  test.each([
    ["an unknown type", { resources: [{ ...cluster("x"), type: "Microsoft.Web/sites" }] }, "Microsoft.Web/sites"],
    ["an unknown version", { resources: [{ ...cluster("x"), apiVersion: "1999-01-01" }] }, "api-version"],
    ["the same resource twice", { resources: [cluster("x"), cluster("X")] }, "twice"],
    [
      "a circle",
      { resources: [cluster("x", { dependsOn: ["y"] }), cluster("y", { dependsOn: ["x"] })] },
      "in a circle",
    ],
    ["a dependency on nothing", { resources: [cluster("x", { dependsOn: ["z"] })] }, "not in the template"],
    ["copies", { resources: [cluster("x", { copy: { name: "c", count: 3 } })] }, "'copy'"],
    ["nested resources", { resources: [cluster("x", { resources: [cluster("y")] })] }, "'resources'"],
    ["another group", { resources: [cluster("x", { resourceGroup: "other" })] }, "its own group only"],
    ["another scope", { resources: [cluster("x", { scope: "/subscriptions/s" })] }, "not in the group"],
    [
      "a type in the wrong place",
      {
        resources: [
          { ...cluster("x"), type: "Microsoft.KubernetesConfiguration/extensions", apiVersion: "2023-05-01" },
        ],
      },
      "is not where",
    ],
    ["a missing parameter", { parameters: { p: { type: "string" } }, resources: [] }, "'p' is not provided"],
    [
      "a default of another type",
      { parameters: { p: { type: "int", defaultValue: "x" } }, resources: [] },
      "type 'int'",
    ],
    ["no resources at all", {}, "resources"],
  ])("with %s is refused before anything is written", async (_, template, message) => {
    const answer = await api.call("PUT", pathOf("wrong"), bodyOf(template));
    expect([answer.status, answer.errorCode]).toEqual([400, "InvalidTemplate"]);
    expect(answer.errorMessage).toContain(message);
    expect((await api.call("GET", pathOf("wrong"))).status).toBe(404);
  });

  test("is refused in other modes and with links, and so is what-if", async () => {
    const complete = await api.call("PUT", pathOf("x"), bodyOf({ resources: [] }, {}, { mode: "Complete" }));
    expect(complete.errorCode).toBe("ValidationFailed");
    const linked = await api.call(
      "PUT",
      pathOf("x"),
      bodyOf({ resources: [] }, {}, { templateLink: { uri: "https://x" } }),
    );
    expect(linked.errorCode).toBe("ValidationFailed");
    expect((await api.call("POST", `${pathOf("x")}/whatIf`, {})).errorCode).toBe("OperationNotSupported");
  });

  test("gives nobody rights that they do not have", async () => {
    await putCluster(api, { name: "guarded" });
    const { store, identity, grants } = api.controlPlane.services;
    const person = await store.write((tx) => addApplication(tx, { kind: "Application", name: "deployer" }, api.clock));
    // Kubernetes Extension Contributor: may deploy, and write extensions only.
    const properties = { roleDefinitionId: "85cb6faf-e071-4c9b-8136-154b5a04f717", principalId: person.principalId };
    const assignment = `${api.subscription}/resourceGroups/g1/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-000000000003`;
    expect((await api.call("PUT", `${assignment}?api-version=2022-04-01`, { properties })).status).toBe(201);
    grants.forget(person.principalId);
    const authorization = `Bearer ${(await identity.issuer.issue(person, api.controlPlane.endpoint)).accessToken}`;
    const deploy = (resource: object) =>
      api.call("PUT", pathOf("rights"), bodyOf({ resources: [resource] }), { authorization });
    const refused = await deploy(cluster("guarded", { tags: { mine: "now" } }));
    expect([refused.status, refused.errorCode]).toEqual([403, "AuthorizationFailed"]);
    const allowed = await deploy({
      type: "Microsoft.KubernetesConfiguration/extensions",
      apiVersion: "2023-05-01",
      name: "monitor",
      scope: "Microsoft.Kubernetes/connectedClusters/guarded",
      properties: { extensionType: "example.monitor" },
    });
    expect(allowed.status).toBe(201);
  });
});
