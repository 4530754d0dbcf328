import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HelmSettings, helmSettingsApiVersion, helmSettingsPath } from "@arcfleet/contract";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { putCluster, type Running, runControlPlane } from "../support/running.ts";

describe("helm settings", () => {
  let running: Running;
  let charts: string;
  let token: string;

  beforeAll(async () => {
    charts = await mkdtemp(join(tmpdir(), "arcfleet-charts-"));
    for (const [version, train] of [
      ["1.40.0", "stable"],
      ["1.41.0", "preview"],
    ]) {
      const folder = join(charts, `${version}`);
      await mkdir(folder, { recursive: true });
      const annotations = { "arcfleet.dev/release-trains": train };
      await writeFile(
        join(folder, "Chart.yaml"),
        JSON.stringify({ apiVersion: "v2", name: "azure-arc-k8sagents", version, annotations }),
      );
    }
    running = await runControlPlane({ chartDirs: [charts] });
    token = await running.ownerToken();
  });
  afterAll(async () => {
    await running.close();
    await rm(charts, { recursive: true, force: true });
  });

  const ask = (id: string, { train = "stable", bearer = token } = {}) =>
    running.request("POST", `${helmSettingsPath}?api-version=${helmSettingsApiVersion}&releaseTrain=${train}`, {
      token: bearer,
      body: { id, name: "ignored" },
    });

  test("say which chart to install and with which values, all of them text", async () => {
    const id = await putCluster(running, "Edge-1", "");
    const answer = await ask(id);
    expect(answer.status).toBe(200);
    const { repositoryPath, helmValuesContent, chart } = HelmSettings.parse(answer.json());
    const { connection, services } = running.controlPlane;
    expect(repositoryPath).toBe("127.0.0.1/charts/azure-arc-k8sagents:1.40.0");
    expect(chart).toMatchObject({
      url: `oci://${new URL(connection.endpoint).host}/charts/azure-arc-k8sagents`,
      version: "1.40.0",
    });
    expect(helmValuesContent).toEqual({
      "global.subscriptionId": connection.subscriptionId,
      "global.resourceGroupName": "fleet",
      "global.resourceName": "Edge-1",
      "global.location": "westeurope",
      "global.tenantId": connection.tenantId,
      "global.kubernetesDistro": "",
      "global.kubernetesInfra": "",
      "global.caBundle": Buffer.from(services.pki.caPem).toString("base64"),
      "systemDefaultValues.image.repository": "arcfleet/agents",
      "systemDefaultValues.azureResourceManagerEndpoint": connection.endpoint,
      "systemDefaultValues.activeDirectoryEndpoint": connection.endpoint,
      "systemDefaultValues.azureArcAgents.config_dp_endpoint_override": connection.endpoint,
      "systemDefaultValues.azureArcAgents.releaseTrain": "stable",
      "systemDefaultValues.azureArcAgents.autoUpdate": "true",
    });
  });

  test("name the image as the agents' chart does, because a command-line client would put another name there", async () => {
    const values: unknown = parse(await readFile(new URL("../../../agent-chart/values.yaml", import.meta.url), "utf8"));
    expect(values).toMatchObject({
      systemDefaultValues: { image: { repository: running.controlPlane.services.settings.agentImage } },
    });
  });

  test("follow the train, and the version that the cluster is pinned to", async () => {
    const id = await putCluster(running, "edge-2", "");
    expect((await ask(id, { train: "preview" })).json().chart.version).toBe("1.41.0");
    const pin = async (desiredAgentVersion: string) => {
      const answer = await running.request("PUT", `${id}?api-version=2024-07-01-preview`, {
        token,
        body: {
          location: "westeurope",
          properties: {
            agentPublicKeyCertificate: "",
            arcAgentProfile: { desiredAgentVersion, agentAutoUpgrade: "Disabled" },
          },
        },
      });
      expect(answer.status).toBe(200);
      return ask(id);
    };
    const pinned = await pin("1.41.0");
    expect(pinned.json()).toMatchObject({
      chart: { version: "1.41.0" },
      helmValuesContent: { "systemDefaultValues.azureArcAgents.autoUpdate": "false" },
    });
    const unknown = await pin("0.9.0");
    expect(unknown.status).toBe(400);
    expect(unknown.json().error.message).toBe(
      "There is no version '0.9.0' of the agents. Available: 1.41.0 (preview); 1.40.0 (stable).",
    );
  });

  test("a caller without rights is refused before it learns whether the cluster exists", async () => {
    const id = await putCluster(running, "edge-3", "");
    const { identity, store } = running.controlPlane.services;
    const { appId } = await store.write((tx) => identity.applications.ensureIdentity(tx, "/subscriptions/x"));
    const stranger = await identity.applications.findByAppId(appId);
    if (stranger === undefined) throw new Error("the identity is gone");
    const bearer = (await identity.issuer.issue(stranger, running.controlPlane.endpoint)).accessToken;
    expect((await ask(id, { bearer })).status).toBe(403);
    expect((await ask(`${id}-none`, { bearer })).status).toBe(403);
    expect((await ask(`${id}-none`)).status).toBe(404);
  });

  test.each([["nonsense"], ["/subscriptions/s/resourceGroups/g"], [""]])(
    "'%s' is not the id of a cluster",
    async (id) => {
      expect((await ask(id)).status).toBe(400);
    },
  );

  test("the health check and the older call for the chart answer", async () => {
    const post = (path: string) => running.request("POST", path, { token, body: {} });
    expect((await post(`/azure-arc-k8sagents/healthCheck?api-version=${helmSettingsApiVersion}`)).status).toBe(200);
    const answer = await post(
      "/azure-arc-k8sagents/GetLatestHelmPackagePath?api-version=2019-11-01-preview&releaseTrain=preview",
    );
    expect(answer.json()).toEqual({ repositoryPath: "127.0.0.1/charts/azure-arc-k8sagents:1.41.0" });
    expect((await running.request("POST", "/azure-arc-k8sagents/healthCheck")).status).toBe(401);
  });
});
