import type { FluxConfigurationReport } from "@arcfleet/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { loadDesired } from "../../src/desired/load.ts";
import { type Api, startApi } from "../support/api.ts";
import { connectedCluster, fluxPath, generationOf, putGroup, report } from "../support/cluster.ts";

let api: Api;
let cluster: string;
let legacy: string;
let count = 0;

beforeAll(async () => {
  api = await startApi();
  await putGroup(api);
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

beforeEach(async () => {
  cluster = await connectedCluster(api, `legacy-${count++}`);
  legacy = `${cluster}/providers/Microsoft.KubernetesConfiguration/sourceControlConfigurations/apps`;
});

const git = (properties: object = {}) => ({
  properties: { repositoryUrl: "https://example.com/fleet.git", ...properties },
});

const desired = async () =>
  (await loadDesired(api.controlPlane.services, cluster.toLowerCase(), ["fluxConfiguration"], 0)).items;

describe("a source control configuration", () => {
  test("reaches the agents as what Flux v2 is to do, with its secrets", async () => {
    const made = await api.call(
      "PUT",
      legacy,
      git({
        operatorNamespace: "team-a",
        operatorScope: "namespace",
        operatorParams: "--git-branch=main --git-path=apps,infra --git-poll-interval=1m --sync-garbage-collection",
        configurationProtectedSettings: {
          httpsUser: Buffer.from("robot").toString("base64"),
          httpsKey: Buffer.from("s3cret").toString("base64"),
        },
      }),
    );
    expect([made.status, made.properties.provisioningState]).toEqual([201, "Accepted"]);
    expect(made.text).not.toContain(Buffer.from("s3cret").toString("base64"));
    expect(await desired()).toMatchObject([
      {
        kind: "fluxConfiguration",
        name: "apps",
        deleting: false,
        spec: {
          scope: "namespace",
          namespace: "team-a",
          sourceKind: "GitRepository",
          gitRepository: {
            url: "https://example.com/fleet.git",
            repositoryRef: { branch: "main" },
            syncIntervalInSeconds: 60,
            httpsUser: "robot",
          },
          kustomizations: {
            "path-1": { path: "apps", prune: true, wait: false },
            "path-2": { path: "infra", prune: true, wait: false },
          },
          configurationProtectedSettings: { httpsKey: Buffer.from("s3cret").toString("base64") },
        },
      },
    ]);
  });

  test("without folders is the root of the repository", async () => {
    await api.call("PUT", legacy, git());
    expect(await desired()).toMatchObject([{ spec: { kustomizations: { "path-1": { path: "" } } } }]);
  });

  test("shows what the agents report in the words of its own type, and ends with them", async () => {
    await api.call("PUT", legacy, git());
    const said: FluxConfigurationReport = {
      kind: "fluxConfiguration",
      name: "apps",
      generation: await generationOf(api, cluster),
      state: "Succeeded",
      complianceState: "Non-Compliant",
      errorMessage: "branch not found",
      observedAt: "2026-01-01T00:00:00Z",
    };
    await report(api, cluster, [said]);
    expect((await api.call("GET", legacy)).properties).toMatchObject({
      provisioningState: "Succeeded",
      complianceStatus: { complianceState: "Noncompliant", message: "branch not found", messageLevel: "Error" },
    });
  });

  test("and a flux configuration of one name cannot be on one cluster", async () => {
    const flux = fluxPath(cluster);
    const modern = {
      properties: { sourceKind: "GitRepository", gitRepository: { url: "https://example.com/fleet.git" } },
    };
    await api.call("PUT", legacy, git());
    const refused = await api.call("PUT", flux, modern);
    expect([refused.status, refused.errorCode]).toEqual([409, "NameInUse"]);
    expect(refused.text).toContain("sourceControlConfigurations/apps");
  });
});
