/** What common clients were seen to depend on, one test for each line of the list that was made of it; the numbers are the list's. */
import { definitions, fullType, registry } from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { startControlPlane } from "../support/control-plane.ts";
import { httpCall } from "../support/http-call.ts";
import { onboardingKey } from "../support/onboarding-key.ts";
import { errorOf, operationEnd, resourceOf, useWorld } from "./world.ts";

const world = useWorld(() => startControlPlane());
const call = (path: string, method = "GET", body?: unknown, headers: Record<string, string> = {}) =>
  world.arm.call(path, { method, headers, ...(body === undefined ? {} : { body }) });

const clusterAt = (name: string, group = world.group): string =>
  `${group}/providers/Microsoft.Kubernetes/connectedClusters/${name}`;
const record = (key = "") => ({
  location: "westeurope",
  identity: { type: "SystemAssigned" },
  properties: { agentPublicKeyCertificate: key },
});
const subscription = (): string => `/subscriptions/${world.arm.connection.subscriptionId}`;
const configuration = "Microsoft.KubernetesConfiguration";

describe("checklist 1: api-versions", () => {
  test.each(definitions.map((definition) => [fullType(definition), definition] as const))(
    "%s takes all of its own, however the key is written, and tells the three errors apart",
    async (_type, { apiVersions, parent, namespace, type }) => {
      const path = parent
        ? `${clusterAt("nobody")}/providers/${namespace}/${type}/n`
        : `${world.group}/providers/${namespace}/${type}/n`;
      for (const version of apiVersions) {
        for (const key of ["api-version", "api%2Dversion", "api-Version"]) {
          expect(errorOf(await call(`${path}?${key}=${version}`))).toMatch(/^404 (Parent)?ResourceNotFound$/);
        }
      }
      const [first = ""] = apiVersions;
      expect(errorOf(await call(`${path}?api%2Dversion=${first}&api-version=1999-01-01`))).toMatch(/^404 /);
      expect(errorOf(await call(path))).toBe("400 MissingApiVersionParameter");
      expect(errorOf(await call(`${path}?api-version=now`))).toBe("400 InvalidApiVersionParameter");
      expect(errorOf(await call(`${path}?api-version=1999-01-01`))).toBe("400 NoRegisteredProviderFound");
    },
  );
});

test("checklist 2: both spellings of resourceGroups, any case of the rest, and the name as it was created", async () => {
  const path = clusterAt("MixedCase");
  expect((await call(`${path}?api-version=2024-01-01`, "PUT", record())).status).toBe(201);
  for (const spelled of [
    path.replace("/resourceGroups/", "/resourcegroups/"),
    path.replace("connectedClusters", "connectedclusters").replace("Microsoft.Kubernetes", "microsoft.kubernetes"),
    path.toUpperCase(),
    `/${path.replace("/providers/", "//providers/")}`,
  ]) {
    const answer = await call(`${spelled}?api-version=2024-01-01`);
    expect([spelled, answer.status]).toEqual([spelled, 200]);
    expect(resourceOf(answer)).toMatchObject({
      name: "MixedCase",
      id: path,
      type: "microsoft.kubernetes/connectedclusters",
    });
  }
});

test("checklist 3: PUT of a cluster is 201 with its identity and a link that ends and stays; again it is 200", async () => {
  const path = `${clusterAt("put")}?api-version=2021-10-01`;
  const made = await call(path, "PUT", record(onboardingKey().publicKeyBase64));
  expect(made.status).toBe(201);
  expect(resourceOf(made).identity).toMatchObject({
    principalId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    tenantId: world.arm.connection.tenantId,
  });
  expect(made.headers["azure-asyncoperation"]).toContain(`${world.arm.connection.endpoint}/`);
  expect(await operationEnd(world.arm, made)).toMatchObject({ status: "Succeeded" });
  const again = await call(path, "PUT", made.json);
  expect([again.status, again.json]).toEqual([200, made.json]);
  await call(path, "DELETE");
  expect((await call(String(made.headers["azure-asyncoperation"]))).status).toBe(200);
});

test("checklist 4: DELETE of a cluster is 202 with both links, then 404; the links go on answering, again it is 204", async () => {
  const path = `${clusterAt("delete")}?api-version=2024-01-01`;
  await call(path, "PUT", record());
  const deleted = await call(path, "DELETE");
  expect(deleted.status).toBe(202);
  expect(await operationEnd(world.arm, deleted)).toMatchObject({ status: "Succeeded" });
  expect(errorOf(await call(path))).toBe("404 ResourceNotFound");
  expect((await call(String(deleted.headers.location))).status).toBe(200);
  expect((await call(path, "DELETE")).status).toBe(204);
});

test("checklist 4: a child can be read as Deleting until it is gone", async () => {
  const agent = await world.newCluster();
  const path = `${agent.clusterId}/providers/${configuration}/extensions/flux?api-version=2024-11-01`;
  await call(path, "PUT", { properties: { extensionType: "microsoft.flux" } });
  await agent.settle();
  const deleted = await call(`${path}&forceDelete=false`, "DELETE");
  expect(resourceOf(await call(path)).properties.provisioningState).toBe("Deleting");
  await agent.settle();
  expect(await operationEnd(world.arm, deleted)).toMatchObject({ status: "Succeeded" });
  expect(errorOf(await call(path))).toBe("404 ResourceNotFound");
});

test("checklist 5: PATCH of a cluster is 200 with other tags, of children 202, and null takes a kustomization away", async () => {
  const agent = await world.newCluster();
  const tagged = await call(`${agent.clusterId}?api-version=2024-07-01-preview`, "PATCH", { tags: { new: "1" } });
  expect([tagged.status, resourceOf(tagged).tags]).toEqual([200, { new: "1" }]);
  const extension = `${agent.clusterId}/providers/${configuration}/extensions/flux?api-version=2023-05-01`;
  await call(extension, "PUT", { properties: { extensionType: "microsoft.flux" } });
  const patched = await call(extension, "PATCH", { properties: { configurationSettings: { a: "b" } } });
  expect(patched.status).toBe(202);
  const flux = `${agent.clusterId}/providers/${configuration}/fluxConfigurations/f?api-version=2024-04-01-preview`;
  await call(flux, "PUT", {
    properties: { ...registry.fluxConfiguration.example.properties, kustomizations: { one: {}, two: {} } },
  });
  expect((await call(flux, "PATCH", { properties: { kustomizations: { two: null } } })).status).toBe(202);
  expect(Object.keys(Object(resourceOf(await call(flux)).properties.kustomizations))).toEqual(["one"]);
});

test("checklist 6: errors before a create read as clients expect, and one who has to register can", async () => {
  const missing = await call(`${clusterAt("absent")}?api-version=2024-01-01`);
  expect(errorOf(missing)).toBe("404 ResourceNotFound");
  const namespace = "Arcfleet.Catalogue";
  const provider = `${subscription()}/providers/${namespace}`;
  const version = "api-version=2016-02-01";
  expect((await call(`${provider}/unregister?${version}`, "POST")).status).toBe(200);
  const wanted = `${world.group}/providers/${namespace}/extensionTypes/contoso.registered?api-version=2026-11-01`;
  const refused = await call(wanted, "PUT", { properties: {} });
  expect(errorOf(refused)).toBe("409 MissingSubscriptionRegistration");
  const { error } = z.object({ error: z.object({ message: z.string() }) }).parse(refused.json);
  // How azure-mgmt-core finds what to register.
  expect(/'([^']+?)'/.exec(error.message)?.[1]).toBe(namespace);
  expect((await call(`${provider}/register?${version}`, "POST")).status).toBe(200);
  const state = async () =>
    z.object({ registrationState: z.string() }).parse((await call(`${provider}?${version}`)).json).registrationState;
  for (let wait = 0; wait < 40 && (await state()) !== "Registered"; wait++)
    await new Promise((go) => setTimeout(go, 100));
  expect(await state()).toBe("Registered");
  expect((await call(wanted, "PUT", { properties: {} })).status).toBe(201);
});

describe("checklist 7: tokens", () => {
  test("a 401 carries a challenge that clients can take apart", async () => {
    const { connection } = world.arm;
    const answer = await httpCall(`${connection.endpoint}/subscriptions?api-version=2022-12-01`, connection.caFile);
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toMatch(
      /^Bearer authorization_uri="https:\/\/[^"]+", error="[a-z_]+", error_description="[^"]+"/,
    );
  });

  test.each(["/.default", "//.default"])("the audience may end with a slash or not: %s", async (suffix) => {
    const { connection } = world.arm;
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: connection.clientId,
      client_secret: connection.clientSecret,
      scope: `${connection.endpoint}${suffix}`,
    });
    const answer = await httpCall(
      `${connection.authority}/${connection.tenantId}/oauth2/v2.0/token`,
      connection.caFile,
      {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: form.toString(),
      },
    );
    const { access_token } = z.object({ access_token: z.string() }).parse(answer.json);
    const list = await httpCall(`${connection.endpoint}/subscriptions?api-version=2022-12-01`, connection.caFile, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(list.status).toBe(200);
  });
});

test("checklist 9: what clients read without looking is always there, and the key comes back byte for byte", async () => {
  const key = onboardingKey().publicKeyBase64;
  for (const version of ["2024-01-01", "2024-07-01-preview", "2025-08-01-preview", "2026-05-01"]) {
    const path = `${clusterAt(`always-${version}`)}?api-version=${version}`;
    await call(path, "PUT", version === "2024-01-01" ? record(key) : record());
    const { properties, identity } = resourceOf(await call(path));
    expect(properties).toMatchObject({
      privateLinkState: "Disabled",
      arcAgentProfile: { agentAutoUpgrade: "Enabled" },
    });
    expect(identity?.principalId).toBeDefined();
    if (version === "2024-01-01") expect(properties.agentPublicKeyCertificate).toBe(key);
  }
});

test("checklist 11: no source control configurations is an empty list, and microsoft.flux is found in any case", async () => {
  const agent = await world.newCluster();
  const below = (type: string, version: string) =>
    call(`${agent.clusterId}/providers/${configuration}/${type}?api-version=${version}`);
  expect((await below("sourceControlConfigurations", "2022-03-01")).json).toEqual({ value: [], nextLink: null });
  await call(`${agent.clusterId}/providers/${configuration}/extensions/flux?api-version=2022-07-01`, "PUT", {
    properties: { extensionType: "Microsoft.Flux" },
  });
  const listed = await below("extensions", "2022-07-01");
  expect(listed.text.toLowerCase()).toContain('"extensiontype":"microsoft.flux"');
});

test("checklist 12: the cloud describes itself as one object, or as a list to those who want that", async () => {
  const { connection } = world.arm;
  const ask = async (version: string) =>
    (await httpCall(`${connection.endpoint}//metadata/endpoints?api-version=${version}`, connection.caFile)).json;
  expect(await ask("2022-09-01")).toMatchObject({
    name: expect.any(String),
    authentication: { loginEndpoint: expect.any(String), audiences: expect.arrayContaining([expect.any(String)]) },
    suffixes: { relayEndpointSuffix: expect.any(String) },
    dataplaneEndpoints: {
      arcConfigEndpoint: expect.any(String),
      arcHybridIdentityServiceEndpoint: expect.any(String),
      arcGlobalNotificationServiceEndpoint: expect.any(String),
    },
  });
  expect(await ask("2019-05-01")).toEqual([expect.objectContaining({ name: expect.any(String) })]);
});

test("checklist 13: the three calls with which connect ends answer as it reads them", async () => {
  const cluster = clusterAt("connect");
  const made = await call(`${cluster}?api-version=2024-07-01-preview`, "PUT", record(onboardingKey().publicKeyBase64));
  const at = (name: string, version: string) =>
    `/azure-arc-k8sagents/${name}?api-version=${version}&releaseTrain=stable`;
  expect((await call(at("healthCheck", "2024-07-01-preview"), "POST")).status).toBe(200);
  const settings = await call(at("GetHelmSettings", "2024-07-01-preview"), "POST", made.json);
  expect(settings.status).toBe(200);
  const { helmValuesContent, repositoryPath } = z
    .object({ helmValuesContent: z.record(z.string(), z.string()), repositoryPath: z.string() })
    .parse(settings.json);
  expect(Object.keys(helmValuesContent).length).toBeGreaterThan(0);
  expect(repositoryPath).not.toMatch(/^https?:/);
});

describe("checklist 18: around the types", () => {
  test("HEAD of a group is 204 or 404, without a body", async () => {
    const there = await call(`${world.group}?api-version=2024-11-01`, "HEAD");
    const not = await call(`${subscription()}/resourcegroups/nowhere?api-version=2024-11-01`, "HEAD");
    expect([there.status, there.text, not.status, not.text]).toEqual([204, "", 404, ""]);
  });

  test("the provider tells locations by their display names", async () => {
    const answer = await call(`${subscription()}/providers/Microsoft.Kubernetes?api-version=2022-09-01`);
    const { resourceTypes } = z
      .object({ resourceTypes: z.array(z.object({ resourceType: z.string(), locations: z.array(z.string()) })) })
      .parse(answer.json);
    expect(resourceTypes.find(({ resourceType }) => resourceType === "connectedClusters")?.locations).toContain(
      "West Europe",
    );
  });
});
