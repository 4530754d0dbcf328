import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { toActivityRow } from "../../src/activity/event.ts";
import { addApplication } from "../../src/identity/applications.ts";
import { forgetActivity } from "../../src/jobs/forget-activity.ts";
import { type Api, startApi } from "../support/api.ts";
import {
  clusterPath,
  connect,
  extensionPath,
  newOnboardingKey,
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

interface Event {
  readonly operationName: { readonly value: string };
  readonly status: { readonly value: string };
  readonly subStatus: { readonly value: string };
  readonly resourceId: string;
  readonly correlationId: string;
  readonly operationId: string;
  readonly properties: { readonly statusMessage?: string };
}

const path = (filter = "", more = "") =>
  `${api.subscription}/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&$filter=${encodeURIComponent(filter)}${more}`;

/** Newest first. */
async function events(filter: string, more = ""): Promise<readonly Event[]> {
  await api.controlPlane.services.activity.flush();
  const answer = await api.call("GET", path(filter, more));
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body.value as readonly Event[];
}

const inShort = (event: Event): string =>
  `${event.operationName.value.split("/").slice(-2).join("/")} ${event.status.value} ${event.subStatus.value}`;

describe("the activity log", () => {
  test("holds writes and deletions of a resource with who did it and how", async () => {
    const cluster = await putCluster(api, { name: "logged" });
    const headers = { "x-ms-correlation-request-id": "corr-42", "x-ms-client-request-id": "client-42" };
    await api.call("PATCH", cluster, { tags: { a: "b" } }, headers);
    await api.call("DELETE", cluster);
    const found = await events(`resourceUri eq '${cluster.toUpperCase().replace("/SUBSCRIPTIONS", "/subscriptions")}'`);
    expect(found.map(inShort)).toEqual([
      "connectedClusters/delete Succeeded Accepted",
      "connectedClusters/write Succeeded OK",
      "connectedClusters/write Succeeded Created",
    ]);
    const { connection } = api.controlPlane;
    expect(found[1]).toMatchObject({
      caller: expect.stringMatching(/^[0-9a-f-]{36}$/),
      correlationId: "corr-42",
      claims: { appid: connection.clientId, tid: connection.tenantId },
      authorization: { action: "Microsoft.Kubernetes/connectedClusters/write", scope: cluster },
      httpRequest: { method: "PATCH", uri: cluster, clientRequestId: "client-42", clientIpAddress: "127.0.0.1" },
      resourceGroupName: "g1",
      resourceProviderName: { value: "Microsoft.Kubernetes" },
      level: "Informational",
    });
  });

  test("holds both ends of what the agents bring about, tied together", async () => {
    const cluster = await putCluster(api, { name: "agents", key: newOnboardingKey() });
    await connect(api, cluster);
    const extension = extensionPath(cluster);
    const body = { properties: { extensionType: "example.monitor", configurationProtectedSettings: { k: "s3cret" } } };
    expect((await api.call("PUT", extension, body)).status).toBe(201);
    await report(api, cluster, [
      {
        kind: "extension",
        name: "monitor",
        generation: 1,
        state: "Failed",
        error: { code: "ExtensionCreationFailed", message: "helm said no" },
        observedAt: api.clock.now().toISOString(),
      },
    ]);
    const found = await events(`resourceUri eq '${extension}'`);
    expect(found.map(inShort)).toEqual(["extensions/write Failed ", "extensions/write Accepted Created"]);
    expect(found[0]).toMatchObject({ operationId: found[1]?.operationId, correlationId: found[1]?.correlationId });
    expect(found[0]?.properties.statusMessage).toContain("helm said no");
    expect(JSON.stringify(found)).not.toContain("s3cret");
  });

  test("holds refusals, but neither reads nor strangers", async () => {
    const missing = clusterPath(api, "bad name");
    await api.call("GET", missing);
    await api.call("PUT", missing, { location: "westeurope", properties: {} });
    await api.call("PUT", missing, {}, { authorization: "" });
    const found = await events(
      `status eq 'Failed' and resourceGroupName eq 'G1' and resourceProvider eq Microsoft.Kubernetes`,
    );
    expect(found.map(inShort)).toEqual(["connectedClusters/write Failed BadRequest"]);
    expect(found[0]?.properties.statusMessage).toContain("InvalidResourceName");
  });

  test("tells of groups from their creation to the end of their deletion", async () => {
    await putGroup(api, "short");
    await api.call("DELETE", `${api.subscription}/resourceGroups/short`);
    const filter = `resourceGroupName eq 'short'`;
    await waitFor("the end", async () => (await events(filter)).length === 3);
    expect((await events(filter)).map(inShort)).toEqual([
      "resourceGroups/delete Succeeded OK",
      "resourceGroups/delete Accepted Accepted",
      "resourceGroups/write Succeeded Created",
    ]);
  });

  test("is filtered by time and correlation, and shows only what was selected", async () => {
    const now = api.clock.now();
    const hour = 3600 * 1000;
    const at = (offset: number) => new Date(now.getTime() + offset).toISOString();
    expect(await events(`eventTimestamp ge ${at(hour)}`)).toEqual([]);
    expect(await events(`eventTimestamp le '${at(-hour)}'`)).toEqual([]);
    const filter = `eventTimestamp ge '${at(-hour)}' and eventTimestamp le '${at(hour)}' and correlationId eq 'corr-42'`;
    const found = await events(filter, "&$select=operationName,status");
    expect(found.map((event) => Object.keys(event).sort())).toEqual([["operationName", "status"]]);
  });

  test.each([
    "eventTimestamp eq '2026-01-01'",
    "eventTimestamp ge 'yesterday'",
    "colour eq 'red'",
    "caller ne 'x'",
    "caller eq 'x' or caller eq 'y'",
  ])("the filter %s is refused", async (filter) => {
    expect((await api.call("GET", path(filter))).errorCode).toBe("BadRequest");
  });

  test("is for who may read the scope that the filter names", async () => {
    const { store, identity, grants } = api.controlPlane.services;
    const person = await store.write((tx) => addApplication(tx, { kind: "Application", name: "reader" }, api.clock));
    const scope = `${api.subscription}/resourceGroups/g1`;
    const role = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
    const assignment = `${scope}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-000000000001`;
    const properties = { roleDefinitionId: role, principalId: person.principalId };
    expect((await api.call("PUT", `${assignment}?api-version=2022-04-01`, { properties })).status).toBe(201);
    grants.forget(person.principalId);
    const authorization = `Bearer ${(await identity.issuer.issue(person, api.controlPlane.endpoint)).accessToken}`;
    const ask = async (filter: string) => (await api.call("GET", path(filter), undefined, { authorization })).status;
    expect(await ask("")).toBe(403);
    expect(await ask("resourceGroupName eq 'g1'")).toBe(200);
    expect(await ask("resourceGroupName eq 'g2'")).toBe(403);
    expect(await ask(`resourceUri eq '${clusterPath(api)}'`)).toBe(200);
    expect(await ask("resourceUri eq '/subscriptions/other'")).toBe(400);
  });

  test("pages, and is forgotten when it is old", async () => {
    const { services } = api.controlPlane;
    const caller = { principalId: "p", appId: "a", tenantId: "t", kind: "Application", name: "n" } as const;
    const old = new Date(api.clock.now().getTime() - 91 * 24 * 3600 * 1000);
    const event = {
      resourceId: `${api.subscription}/resourceGroups/old`,
      action: "Microsoft.Resources/subscriptions/resourceGroups/write",
      status: "Succeeded",
      httpStatus: 200,
      caller,
      correlationId: "c",
      operationId: "o",
    } as const;
    for (let batch = 0; batch < 6; batch++) {
      const rows = Array.from({ length: 200 }, () => toActivityRow(event, old));
      await services.store.write((tx) => tx.insertInto("activity_log").values(rows).execute());
    }
    let answer = await api.call("GET", path("resourceGroupName eq 'old'"));
    let count = 0;
    for (;;) {
      count += (answer.body.value as readonly unknown[]).length;
      if (answer.body.nextLink === undefined) break;
      answer = await api.follow(answer.body.nextLink);
    }
    expect(count).toBe(1200);
    const young = await events("resourceGroupName eq 'g1'");
    await forgetActivity(services);
    expect(await events("resourceGroupName eq 'old'")).toEqual([]);
    expect(await events("resourceGroupName eq 'g1'")).toEqual(young);
  });
});
