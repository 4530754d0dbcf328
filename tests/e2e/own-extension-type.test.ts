import { readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { agentsImageReference } from "@arcfleet/tools/image/agents-image.ts";
import type { EngineResult } from "@arcfleet/tools/pulumi/run-engine.ts";
import type { Workspace } from "@arcfleet/tools/pulumi/workspace.ts";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { type ArmCaller, armCaller } from "../support/arm-caller.ts";
import { type SpawnedControlPlane, spawnControlPlane } from "../support/control-plane.ts";
import { changesOf, copiedExample, mustSucceed } from "../support/fleet.ts";
import { type LabCluster, testCluster } from "../support/lab.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";

/*
 * The life of a team's own chart, told once and in order with the program of examples/own-extension-type, which is edited as its
 * user would edit it.
 */

const minutes = (count: number): number => count * 60_000;

let folder: TempFolder;
let cluster: LabCluster;
let controlPlane: SpawnedControlPlane;
let arm: ArmCaller;
let greeter: Workspace & { readonly folder: string };
let before: string[];

beforeAll(async () => {
  folder = await tempFolder("own-type");
  cluster = await testCluster();
  before = await cluster.kubectl.inventory();
  controlPlane = await spawnControlPlane({ host: cluster.bridgeAddress });
  arm = await armCaller(controlPlane.connection);
  greeter = await copiedExample("own-extension-type", folder.path, {
    stateFolder: join(folder.path, "pulumi"),
    stack: "own",
    connectionFile: join(controlPlane.dataDir, "connection.json"),
  });
  await greeter.setConfig("own-extension-type:kubeconfig", cluster.kubeconfig);
  await greeter.setConfig("own-extension-type:image", await agentsImageReference());
}, minutes(5));

afterAll(async () => {
  await controlPlane?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
}, minutes(1));

const inExample = (path: string): string => join(greeter.folder, path);

async function edit(path: string, from: string, to: string): Promise<void> {
  const text = await readFile(inExample(path), "utf8");
  if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
  await writeFile(inExample(path), text.replaceAll(from, to));
}

/** What a run changes, with the inputs that it is about. */
const changedInputs = ({ steps }: EngineResult): string[] =>
  steps
    .filter(({ op, type }) => op !== "same" && !type.startsWith("pulumi:"))
    .map(({ name, op, changes }) => `${name} ${op} ${Object.keys(changes).sort().join(" ")}`.trim());

const Deployment = z.object({
  metadata: z.object({ labels: z.record(z.string(), z.string()) }),
  status: z.object({ readyReplicas: z.int().optional() }),
});
const deployed = async () => {
  const { metadata, status } = await cluster.kubectl.get(Deployment, "deployment", "greeter", "-n", "greeter");
  return { version: metadata.labels["app.kubernetes.io/version"], ready: status.readyReplicas };
};

const Extension = z.object({
  properties: z.object({ provisioningState: z.string(), currentVersion: z.string().nullish() }),
});
const extension = async () => {
  const id = `/subscriptions/${controlPlane.connection.subscriptionId}/resourceGroups/greeters/providers/Microsoft.Kubernetes/connectedClusters/edge/providers/Microsoft.KubernetesConfiguration/extensions/greeter`;
  return Extension.parse((await arm.call(`${id}?api-version=2023-05-01`)).json).properties;
};

describe("a team's own chart", () => {
  test(
    "is registered, pulled by the cluster with its own token, and runs",
    async () => {
      mustSucceed(await greeter.up());
      expect(await extension()).toEqual({ provisioningState: "Succeeded", currentVersion: "1.0.0" });
      expect(await deployed()).toEqual({ version: "1.0.0", ready: 1 });
      const log = await readFile(controlPlane.logFile, "utf8");
      expect(log).toContain("/v2/extension-types/contoso.greeter/");
      expect(await greeter.exportState()).not.toContain(greeter.folder);
    },
    minutes(6),
  );

  test(
    "shows no change while its files are the same, whatever their times",
    async () => {
      await utimes(inExample("charts/greeter/values.yaml"), 1, 1);
      expect(changesOf(mustSucceed(await greeter.preview()))).toEqual([]);
    },
    minutes(2),
  );

  test(
    "shows a changed file as a change of that version alone, which is refused while the cluster has it",
    async () => {
      await edit("charts/greeter/values.yaml", "replicas: 1", "replicas: 2");
      expect(changedInputs(mustSucceed(await greeter.preview()))).toEqual([
        'contoso.greeter update versions["1.0.0"].chartDigest',
      ]);
      const refused = await greeter.up();
      expect(refused.exitCode).not.toBe(0);
      expect(refused.diagnostics.join("\n")).toMatch(
        /ExtensionTypeInUse: The chart of version 1\.0\.0 .*raise the version/s,
      );
      expect((await deployed()).ready).toBe(1);
    },
    minutes(4),
  );

  test(
    "reaches the cluster when its version is raised: the extension follows the train by itself",
    async () => {
      await edit("charts/greeter/Chart.yaml", "version: 1.0.0", "version: 1.1.0");
      await edit("index.ts", '"1.0.0"', '"1.1.0"');
      expect(changedInputs(mustSucceed(await greeter.preview()))).toEqual([
        'contoso.greeter update versions["1.0.0"] versions["1.1.0"]',
      ]);
      expect(changesOf(mustSucceed(await greeter.up()))).toEqual(["contoso.greeter: update"]);
      await waitFor(deployed, {
        timeoutMs: minutes(2),
        describe: "version 1.1.0 runs with both of its pods",
        until: ({ version, ready }) => version === "1.1.0" && ready === 2,
      });
      await waitFor(extension, {
        timeoutMs: minutes(1),
        describe: "the control plane knows it",
        until: ({ provisioningState, currentVersion }) =>
          provisioningState === "Succeeded" && currentVersion === "1.1.0",
      });
      mustSucceed(await greeter.refresh());
      expect(changesOf(mustSucceed(await greeter.preview()))).toEqual([]);
    },
    minutes(6),
  );

  test(
    "leaves nothing behind when it is destroyed",
    async () => {
      mustSucceed(await greeter.destroy());
      await waitFor(async () => (await cluster.kubectl.inventory()).filter((one) => !before.includes(one)), {
        timeoutMs: minutes(1),
        describe: "the cluster is as it was before",
        until: (left) => left.length === 0,
      });
    },
    minutes(5),
  );
});
