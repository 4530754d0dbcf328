import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toolPaths } from "@arcfleet/tools/demo/tool-paths.ts";
import { openWorkspace } from "@arcfleet/tools/pulumi/workspace.ts";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { execa } from "execa";
import { type ArmCaller, armCaller } from "../support/arm-caller.ts";
import { type SpawnedControlPlane, spawnControlPlane } from "../support/control-plane.ts";
import { changesOf, mustSucceed } from "../support/fleet.ts";
import { onboardingKey } from "../support/onboarding-key.ts";
import { countRequests } from "../support/request-counts.ts";
import { simulatedAgent } from "../support/simulated-agent.ts";
import { repositoryRoot } from "../support/source-files.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

/*
 * What was made with plain ARM calls is exported as a program, which is then run as its README says: outside of the checkout, with the
 * real engine. It adopts everything, and is an ordinary program from then on.
 */

const minutes = (count: number): number => count * 60_000;
const arcfleet = join(repositoryRoot, "cli", "bin", "arcfleet.mjs");

let folder: TempFolder;
let controlPlane: SpawnedControlPlane;
let arm: ArmCaller;

const group = (): string => `/subscriptions/${controlPlane.connection.subscriptionId}/resourceGroups/fleet`;
const clusterId = (name: string): string => `${group()}/providers/Microsoft.Kubernetes/connectedClusters/${name}`;

async function write(id: string, apiVersion: string, body: object): Promise<void> {
  const answer = await arm.call(`${id}?api-version=${apiVersion}`, {
    method: "PUT",
    body,
  });
  if (answer.status > 201) throw new Error(`PUT ${id} answered ${answer.status}: ${answer.text}`);
}

beforeAll(async () => {
  folder = await tempFolder("export");
  controlPlane = await spawnControlPlane();
  arm = await armCaller(controlPlane.connection);
  const key = onboardingKey();
  await write(group(), "2024-11-01", {
    location: "westeurope",
    tags: { team: "shops" },
  });
  await write(clusterId("7-bare"), "2024-07-01-preview", {
    location: "westeurope",
    properties: {
      agentPublicKeyCertificate: "",
      distribution: "k3s",
      azureHybridBenefit: "True",
    },
  });
  await write(clusterId("shop-berlin"), "2024-07-01-preview", {
    location: "westeurope",
    tags: { ring: "stable" },
    properties: { agentPublicKeyCertificate: key.publicKeyBase64 },
  });
  const agent = await simulatedAgent(controlPlane.connection, clusterId("shop-berlin"), key);
  await agent.heartbeat();
  const child = (path: string, properties: object): Promise<void> =>
    write(`${clusterId("shop-berlin")}/providers/Microsoft.KubernetesConfiguration/${path}`, "2023-05-01", {
      properties,
    });
  await child("extensions/flux", {
    extensionType: "microsoft.flux",
    configurationSettings: { "helm-controller.enabled": "false" },
    configurationProtectedSettings: { "auth.token": "the secret" },
  });
  await child("fluxConfigurations/apps", {
    sourceKind: "GitRepository",
    gitRepository: {
      url: "https://git.example.com/fleet.git",
      repositoryRef: { branch: "main" },
    },
    kustomizations: {
      infra: {},
      apps: { path: "./apps", prune: true, dependsOn: ["infra"] },
    },
  });
  await agent.settle();
}, minutes(3));

afterAll(async () => {
  await controlPlane?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
}, minutes(1));

const exportTo = (out: string) =>
  execa(process.execPath, [arcfleet, "export", "--connection", connectionFile(), "--out", out], {
    env: { NODE_OPTIONS: "" },
    reject: false,
  });
const connectionFile = (): string => join(controlPlane.dataDir, "connection.json");

const asked = (work: () => Promise<unknown>): Promise<Record<string, number>> =>
  countRequests(controlPlane.connection, /resourcegroups|providers/i, work);

test(
  "what exists is exported as a program that adopts it, writes nothing, and goes on as an ordinary one",
  async () => {
    const out = join(folder.path, "shops");
    const told = await exportTo(out);
    expect(told.stdout).toContain("pulumi config set --secret shop-berlin-flux.auth.token");
    const program = await readFile(join(out, "index.ts"), "utf8");
    expect(program).toMatchInlineSnapshot(`
     "import { ConnectedCluster, Extension, FluxConfiguration, ResourceGroup } from "@arcfleet/sdk";
     import { Config } from "@pulumi/pulumi";

     const config = new Config();

     const fleet = new ResourceGroup("fleet", {
       location: "westeurope",
       tags: { team: "shops" },
       adopt: true,
     });

     new ConnectedCluster("7-bare", {
       resourceGroup: fleet,
       location: "westeurope",
       agents: { install: false },
       distribution: "k3s",
       azureHybridBenefit: "True",
       adopt: true,
     });

     const shopBerlin = new ConnectedCluster("shop-berlin", {
       resourceGroup: fleet,
       location: "westeurope",
       tags: { ring: "stable" },
       adopt: true,
     });

     const shopBerlinFlux = new Extension("shop-berlin-flux", {
       cluster: shopBerlin,
       name: "flux",
       extensionType: "microsoft.flux",
       configurationSettings: { "helm-controller.enabled": "false" },
       configurationProtectedSettings: { "auth.token": config.requireSecret("shop-berlin-flux.auth.token") },
       adopt: true,
     });

     new FluxConfiguration("shop-berlin-apps", {
       cluster: shopBerlin,
       name: "apps",
       extension: shopBerlinFlux,
       gitRepository: { url: "https://git.example.com/fleet.git", repositoryRef: { branch: "main" } },
       kustomizations: { infra: {}, apps: { path: "./apps", dependsOn: ["infra"], prune: true } },
       adopt: true,
     });
     "
    `);
    expect((await exportTo(out)).stderr).toMatch(/shops is not empty, and nothing is overwritten/);

    await execa("npm", ["install", "--offline", "--no-audit", "--no-fund"], {
      cwd: out,
    });
    const tools = await toolPaths(() => undefined);
    const stack = await openWorkspace({
      projectFolder: out,
      stateFolder: join(folder.path, "pulumi"),
      stack: "exported",
      passphrase: "test",
      pulumiFolder: dirname(tools.pulumi),
      env: { ARCFLEET_CONNECTION: connectionFile() },
    });
    await stack.setConfig("shops:shop-berlin-flux.auth.token", "the secret", {
      secret: true,
    });
    const preview = mustSucceed(await stack.preview());
    expect(preview.output.match(/adopts what exists/g)).toHaveLength(5);
    expect(Object.keys(await asked(async () => mustSucceed(await stack.up())))).toEqual(["GET"]);
    expect(changesOf(mustSucceed(await stack.refresh()))).toEqual([]);
    expect(changesOf(mustSucceed(await stack.preview()))).toEqual([]);

    await writeFile(join(out, "index.ts"), program.replace('ring: "stable"', 'ring: "canary"'));
    const requests = await asked(async () =>
      expect(changesOf(mustSucceed(await stack.up()))).toEqual(["shop-berlin: update"]),
    );
    expect(requests.PUT).toBe(1);
  },
  minutes(6),
);

test(
  "a group that is not there, and a control plane with nothing in it, leave no folder behind",
  async () => {
    const out = join(folder.path, "nothing");
    const { stderr, exitCode } = await execa(
      process.execPath,
      [arcfleet, "export", "--connection", connectionFile(), "--out", out, "--resource-group", "nowhere"],
      { env: { NODE_OPTIONS: "" }, reject: false },
    );
    expect({ stderr, exitCode }).toEqual({
      stderr: expect.stringMatching(/^arcfleet: There is no resource group 'nowhere'/),
      exitCode: 1,
    });
    expect(await readFile(out).catch(({ code }) => code)).toBe("ENOENT");
  },
  minutes(1),
);
