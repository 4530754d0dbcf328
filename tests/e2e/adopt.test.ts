import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { type ArmCaller, armCaller } from "../support/arm-caller.ts";
import { type SpawnedControlPlane, spawnControlPlane } from "../support/control-plane.ts";
import { changesOf, mustSucceed, type SpecFleet, specFleet } from "../support/fleet.ts";
import { onboardingKey } from "../support/onboarding-key.ts";
import { countRequests } from "../support/request-counts.ts";
import { type SimulatedAgent, simulatedAgent } from "../support/simulated-agent.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";
import { whileAgentsWork } from "../support/while-agents-work.ts";
import type { Spec } from "./program/spec.ts";

/*
 * What somebody else made with plain ARM calls is taken over by a program: the story of one attached cluster, whose agents are
 * simulated, with an extension and a configuration, and of one record without agents. No kubeconfig is at hand.
 */

const minutes = (count: number): number => count * 60_000;

let folder: TempFolder;
let controlPlane: SpawnedControlPlane;
let arm: ArmCaller;
let agent: SimulatedAgent;
let stack: SpecFleet;

const group = (): string => `/subscriptions/${controlPlane.connection.subscriptionId}/resourceGroups/fleet`;
const clusterUrl = (name: string): string =>
  `${group()}/providers/Microsoft.Kubernetes/connectedClusters/${name}?api-version=2024-07-01-preview`;
const childUrl = (path: string): string =>
  `${group()}/providers/Microsoft.Kubernetes/connectedClusters/shop/providers/Microsoft.KubernetesConfiguration/${path}?api-version=2023-05-01`;

async function write(url: string, body: object): Promise<void> {
  const answer = await arm.call(url, { method: "PUT", body });
  if (answer.status > 201) throw new Error(`PUT ${url} answered ${answer.status}: ${answer.text}`);
}

beforeAll(async () => {
  folder = await tempFolder("adopt");
  controlPlane = await spawnControlPlane();
  arm = await armCaller(controlPlane.connection);
  const key = onboardingKey();
  await write(`${group()}?api-version=2024-11-01`, { location: "westeurope" });
  await write(clusterUrl("bare"), { location: "westeurope", properties: { agentPublicKeyCertificate: "" } });
  await write(clusterUrl("shop"), {
    location: "westeurope",
    tags: { ring: "stable" },
    properties: { agentPublicKeyCertificate: key.publicKeyBase64 },
  });
  agent = await simulatedAgent(controlPlane.connection, clusterUrl("shop").split("?")[0] ?? "", key);
  await agent.heartbeat();
  await write(childUrl("extensions/flux"), {
    properties: { extensionType: "microsoft.flux", configurationProtectedSettings: { token: "first secret" } },
  });
  await write(childUrl("fluxConfigurations/apps"), {
    properties: {
      sourceKind: "GitRepository",
      gitRepository: { url: "https://git.example.com/fleet.git", repositoryRef: { branch: "main" } },
      kustomizations: { apps: { path: "./apps", prune: true } },
    },
  });
  await agent.settle();
  stack = await specFleet({
    stateFolder: join(folder.path, "pulumi"),
    stack: "adopting",
    connectionFile: join(controlPlane.dataDir, "connection.json"),
  });
}, minutes(3));

afterAll(async () => {
  await controlPlane?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
}, minutes(1));

/** A program that says what is there. */
const program = (adopt = true): Required<Spec> => {
  const how = adopt ? { adopt } : {};
  return {
    clusters: {
      shop: { tags: { ring: "stable" }, ...how },
      bare: { name: "bare", agents: { install: false }, ...how },
    },
    extensions: {
      "shop-flux": {
        ...{ name: "flux", cluster: "shop", extensionType: "Microsoft.Flux" },
        configurationProtectedSettings: { token: "first secret" },
        ...how,
      },
    },
    fluxConfigurations: {
      "shop-apps": {
        ...{ name: "apps", cluster: "shop", extension: "shop-flux" },
        gitRepository: {
          url: "https://git.example.com/fleet.git",
          repositoryRef: { branch: "main" },
          syncIntervalInSeconds: 600,
        },
        kustomizations: { apps: { path: "./apps", prune: true } },
        ...how,
      },
    },
  };
};

const Found = z.object({
  etag: z.string(),
  tags: z.record(z.string(), z.string()).optional(),
  systemData: z.unknown(),
});

const Properties = z.record(z.string(), z.unknown()).optional();
const State = z.object({
  deployment: z.object({ resources: z.array(z.object({ urn: z.string(), inputs: Properties, outputs: Properties })) }),
});

/** What tells whether a record was written: its version, and who wrote it when. */
async function versions(): Promise<readonly unknown[]> {
  const urls = [
    clusterUrl("shop"),
    clusterUrl("bare"),
    childUrl("extensions/flux"),
    childUrl("fluxConfigurations/apps"),
  ];
  return Promise.all(urls.map(async (url) => Found.parse((await arm.call(url)).json)));
}

/** The methods that the control plane was asked with about clusters and what is on them. */
const asked = (work: () => Promise<unknown>): Promise<string[]> =>
  countRequests(controlPlane.connection, /providers/i, work).then((counts) => Object.keys(counts));

describe("adopting", () => {
  test(
    "is refused with what the program says otherwise, both values, no secret, and without writing",
    async () => {
      const before = await versions();
      const { clusters, extensions } = program();
      await stack.declare({
        clusters: {
          ...clusters,
          shop: { ...clusters.shop, tags: { ring: "canary", site: "berlin" } },
          nowhere: { adopt: true, agents: { install: false } },
          bare: { adopt: true },
        },
      });
      const result = await stack.up({ args: ["--continue-on-error"] });
      const told = result.diagnostics.join("\n");
      expect(result.exitCode).not.toBe(0);
      expect(told).toContain('tags.ring: "canary" in the program, "stable" there');
      expect(told).toContain('tags.site: "berlin" in the program, nothing there');
      expect(told).toMatch(/There is no connected cluster \/subscriptions\/.*\/nowhere to adopt/);
      expect(told).toContain("agents.install: true in the program, false there");

      const [flux] = Object.values(extensions);
      await stack.declare({
        clusters: { shop: clusters.shop ?? {} },
        extensions: {
          "shop-flux": {
            ...flux,
            cluster: "shop",
            extensionType: "microsoft.flux",
            configurationProtectedSettings: {},
          },
        },
      });
      const second = (await stack.up()).diagnostics.join("\n");
      expect(second).toContain('configurationProtectedSettings.token: nothing in the program, "(secret)" there');
      expect(told + second).not.toContain("first secret");
      expect(await versions()).toEqual(before);
    },
    minutes(3),
  );

  test(
    "says in the preview that nothing will be written, and writes nothing",
    async () => {
      const before = await versions();
      await stack.declare(program());
      const preview = mustSucceed(await stack.preview());
      expect(preview.output).toContain("adopts what exists, and writes nothing");
      const methods = await asked(async () => mustSucceed(await stack.up()));
      expect(methods).toEqual(["GET"]);
      expect(await versions()).toEqual(before);
    },
    minutes(3),
  );

  test(
    "leaves nothing to do: not in a preview, not after a refresh, not when `adopt` is taken out of the program",
    async () => {
      expect(changesOf(mustSucceed(await stack.preview()))).toEqual([]);
      expect(changesOf(mustSucceed(await stack.refresh()))).toEqual([]);
      await stack.declare(program(false));
      expect(changesOf(mustSucceed(await stack.preview()))).toEqual([]);
      await stack.declare(program());
      expect(changesOf(mustSucceed(await stack.preview()))).toEqual([]);
      const { deployment } = State.parse(JSON.parse(await stack.exportState()));
      // The engine keeps the configuration, and with it this test's description of the program, with its own provider resource.
      const ours = deployment.resources.filter(({ urn }) => urn.includes("arcfleet:"));
      const stored = ours.flatMap(({ inputs = {}, outputs = {} }) => [inputs, outputs]);
      expect(stored.flatMap(Object.keys).filter((key) => /adopt|hints/.test(key))).toEqual([]);
      expect(stored.length).toBeGreaterThan(0);
      expect(JSON.stringify(stored)).not.toContain("first secret");
    },
    minutes(4),
  );
});

describe("an adopted resource", () => {
  test(
    "is updated like any other, by itself, and keeps its agents",
    async () => {
      const [, ...rest] = await versions();
      const changed = program();
      Object.assign(changed.clusters.shop ?? {}, { tags: { ring: "canary" } });
      await stack.declare(changed);
      expect(changesOf(mustSucceed(await stack.up()))).toEqual(["shop: update"]);
      const [shop, ...others] = await versions();
      expect(shop).toMatchObject({ tags: { ring: "canary" } });
      expect(others).toEqual(rest);
      expect((await arm.call(clusterUrl("shop"))).json).toMatchObject({
        properties: { connectivityStatus: "Connected", distribution: "generic" },
      });
      await stack.declare(program());
      mustSucceed(await stack.up());
    },
    minutes(3),
  );

  test(
    "without a kubeconfig has agents that cannot be changed, which the preview says",
    async () => {
      const pinned = program();
      Object.assign(pinned.clusters.shop ?? {}, { arcAgentProfile: { desiredAgentVersion: "1.40.0" } });
      await stack.declare(pinned);
      const result = await stack.preview();
      expect(result.exitCode).not.toBe(0);
      expect(result.diagnostics.join("\n")).toMatch(/kubeconfig.* is needed to bring the changed arcAgentProfile/);
    },
    minutes(2),
  );

  test(
    "is replaced like any other, although the program still says `adopt`",
    async () => {
      const moved = program();
      Object.assign(moved.clusters.bare ?? {}, { location: "northeurope" });
      await stack.declare(moved);
      mustSucceed(await stack.up());
      expect((await arm.call(clusterUrl("bare"))).json).toMatchObject({ location: "northeurope" });
    },
    minutes(3),
  );

  test(
    "is destroyed with the record, and what stays on the cluster is said",
    async () => {
      const result = mustSucceed(await whileAgentsWork(agent, stack.destroy()));
      expect(result.diagnostics.join("\n")).toMatch(
        /The agents of .*\/shop stay on their cluster.* helm uninstall azure-arc/,
      );
      expect((await arm.call(clusterUrl("shop"))).status).toBe(404);
    },
    minutes(4),
  );
});
