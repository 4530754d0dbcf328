import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type GitServer, startGitServer } from "@arcfleet/tools/git-server/index.ts";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { type ArmCaller, armCaller } from "../support/arm-caller.ts";
import { type SpawnedControlPlane, spawnControlPlane } from "../support/control-plane.ts";
import { mustSucceed, type SpecFleet, specFleet } from "../support/fleet.ts";
import { type LabCluster, testCluster } from "../support/lab.ts";
import { onboardingKey } from "../support/onboarding-key.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";
import type { Spec } from "./program/spec.ts";

/*
 * What users do wrong, and what breaks: each must end with an error that names the thing, the cause and the fix, at the resource
 * it belongs to, and must leave the cluster as it was. Independent mistakes are made in one run of the engine.
 */

const minutes = (count: number): number => count * 60_000;

let folder: TempFolder;
let cluster: LabCluster;
let controlPlane: SpawnedControlPlane;
let git: GitServer;
let arm: ArmCaller;
let good: string;

beforeAll(async () => {
  folder = await tempFolder("faults");
  cluster = await testCluster();
  const { bridgeAddress, kubeconfig } = cluster;
  good = await readFile(kubeconfig, "utf8");
  controlPlane = await spawnControlPlane({ host: bridgeAddress });
  arm = await armCaller(controlPlane.connection);
  git = await startGitServer({ host: bridgeAddress, dir: join(folder.path, "git") });
  await git.commit(
    {
      "good/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: delivered, namespace: default }\n",
      "broken/kustomization.yaml": "resources: [missing.yaml]\n",
    },
    "one folder that works and one that does not",
  );
}, minutes(5));

afterAll(async () => {
  await git?.close();
  await controlPlane?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
}, minutes(1));

let stacks = 0;
const newFleet = (env: Readonly<Record<string, string>> = {}): Promise<SpecFleet> => {
  stacks += 1;
  return specFleet({
    stateFolder: join(folder.path, `stack-${stacks}`),
    stack: `s${stacks}`,
    connectionFile: join(controlPlane.dataDir, "connection.json"),
    env,
  });
};

/** Brings a fleet up that cannot come up, and gives everything that the user is told. */
async function failingUp(fleet: SpecFleet, spec: Spec): Promise<string> {
  await fleet.declare(spec);
  // The engine would else begin nothing more after the first error.
  const result = await fleet.up({ args: ["--continue-on-error"] });
  expect(result.exitCode).not.toBe(0);
  return result.diagnostics.join("\n");
}

const group = (): string => `/subscriptions/${controlPlane.connection.subscriptionId}/resourceGroups/fleet`;
const clusterId = (name: string): string => `${group()}/providers/Microsoft.Kubernetes/connectedClusters/${name}`;

async function write(url: string, body: object): Promise<void> {
  const answer = await arm.call(url, { method: "PUT", body });
  if (answer.status > 201) throw new Error(`PUT ${url} answered ${answer.status}: ${answer.text}`);
}

describe("a kubeconfig", () => {
  test(
    "that cannot be used is refused for its own reason, and nothing is made",
    async () => {
      const { kubectl } = cluster;
      const inventory = await kubectl.inventory();
      await kubectl.apply(powerless);
      const token = await kubectl.run("create", "token", "powerless", "-n", "default");
      const user = (credentials: object): string => {
        const config = Kubeconfig.parse(parse(good));
        return stringify({ ...config, users: config.users.map(({ name }) => ({ name, user: credentials })) });
      };
      const properties = { agentPublicKeyCertificate: onboardingKey().publicKeyBase64 };
      await write(`${group()}?api-version=2024-11-01`, { location: "westeurope" });
      await write(`${clusterId("taken")}?api-version=2024-01-01`, { location: "westeurope", properties });
      const fleet = await newFleet();
      const told = await failingUp(fleet, {
        clusters: {
          taken: { kubeconfigText: good },
          unreadable: { kubeconfigText: "not: [a kubeconfig" },
          nobody: { kubeconfigText: good.replace(/server: .*/, "server: https://127.0.0.1:1") },
          stranger: { kubeconfigText: good.replace(/server: .*/, `server: ${controlPlane.connection.endpoint}`) },
          expired: { kubeconfigText: user({ token: "expired-long-ago" }) },
          powerless: { kubeconfigText: user({ token }) },
        },
      });
      expect(told).toMatch(/The name is taken: .*connectedClusters\/taken/);
      expect(told).toMatch(/The kubeconfig cannot be read/);
      expect(told).toMatch(/https:\/\/127\.0\.0\.1:1 .*does not answer/);
      expect(told).toMatch(/shows a certificate that the kubeconfig does not trust/);
      expect(told).toMatch(/refuses the credentials of the user .*expired\. Fetch a new kubeconfig/);
      expect(told).toMatch(/lacks the right to .*create customresourcedefinitions\.apiextensions\.k8s\.io/);
      expect(told).not.toContain(token);
      for (const name of ["unreadable", "nobody", "stranger", "expired", "powerless"]) {
        expect((await arm.call(`${clusterId(name)}?api-version=2024-01-01`)).status).toBe(404);
      }
      await arm.call(`${clusterId("taken")}?api-version=2024-01-01`, { method: "DELETE" });
      await kubectl.run("delete", "serviceaccount/powerless", "clusterrolebinding/powerless", "-n", "default");
      expect((await kubectl.inventory()).filter((one) => !inventory.includes(one))).toEqual([]);
    },
    minutes(5),
  );

  test(
    "that is not there is named with its path",
    async () => {
      const fleet = await newFleet();
      const told = await failingUp(fleet, { clusters: { lost: { kubeconfig: "/nowhere/kubeconfig" } } });
      expect(told).toContain("The kubeconfig /nowhere/kubeconfig cannot be read");
    },
    minutes(2),
  );
});

describe("the control plane", () => {
  const spec: Spec = { clusters: { record: { agents: { install: false } } } };

  test(
    "that refuses the secret is quoted",
    async () => {
      const told = await failingUp(await newFleet({ AZURE_CLIENT_SECRET: "wrong" }), spec);
      expect(told).toMatch(/AADSTS7000215/);
    },
    minutes(2),
  );

  test(
    "that is not told of is asked for, each missing piece by its name",
    async () => {
      const told = await failingUp(await newFleet({ ARCFLEET_CONNECTION: "" }), spec);
      for (const piece of ["ARCFLEET_CONNECTION", "ARCFLEET_ENDPOINT", "AZURE_CLIENT_SECRET"])
        expect(told).toContain(piece);
    },
    minutes(2),
  );

  test(
    "whose CA is unknown is not trusted, and the error says how to name the CA",
    async () => {
      const connection = { ...controlPlane.connection, caFile: undefined };
      const file = join(folder.path, "without-ca.json");
      await writeFile(file, JSON.stringify(connection));
      const told = await failingUp(await newFleet({ ARCFLEET_CONNECTION: file }), spec);
      expect(told).toMatch(/certificate|CA/);
      expect(told).toMatch(/caFile|ARCFLEET_CA_FILE/);
    },
    minutes(2),
  );

  test(
    "that is down is named with its address",
    async () => {
      const file = join(folder.path, "down.json");
      await writeFile(
        file,
        JSON.stringify({
          ...controlPlane.connection,
          endpoint: "https://127.0.0.1:1",
          authority: "https://127.0.0.1:1",
        }),
      );
      const told = await failingUp(await newFleet({ ARCFLEET_CONNECTION: file }), spec);
      expect(told).toContain("https://127.0.0.1:1");
    },
    minutes(3),
  );
});

describe("an attached cluster", () => {
  let fleet: SpecFleet;
  // Pods that never get ready are given up early.
  const agents = { values: { agents: { extensionTimeoutSeconds: 45 } } };
  const attached = (): Spec => ({ clusters: { mine: { kubeconfig: cluster.kubeconfig, agents } } });
  const settings = { "helm-controller.enabled": "false", "notification-controller.enabled": "false" };

  beforeAll(async () => {
    fleet = await newFleet();
    await fleet.declare(attached());
    mustSucceed(await fleet.up());
  }, minutes(5));

  test(
    "cannot be attached under another name",
    async () => {
      const told = await failingUp(await newFleet(), { clusters: { other: { kubeconfig: cluster.kubeconfig } } });
      expect(told).toMatch(/is already attached as .*connectedClusters\/mine/);
      expect((await arm.call(`${clusterId("other")}?api-version=2024-01-01`)).status).toBe(404);
    },
    minutes(3),
  );

  test(
    "says what exists of extension types and versions, and quotes Helm and the pods when a chart fails",
    async () => {
      const told = await failingUp(fleet, {
        ...attached(),
        extensions: {
          "no-type": { cluster: "mine", extensionType: "contoso.nothing" },
          "no-version": { cluster: "mine", extensionType: "microsoft.flux", version: "0.0.1" },
          unrendered: {
            cluster: "mine",
            extensionType: "microsoft.flux",
            configurationSettings: { "multiTenancy.enforce": "perhaps" },
          },
          unready: {
            cluster: "mine",
            extensionType: "microsoft.flux",
            configurationSettings: { ...settings, "source-controller.image.tag": "v0.0.0" },
          },
        },
      });
      expect(told).toMatch(/contoso\.nothing[\s\S]*microsoft\.flux/);
      expect(told).toMatch(/0\.0\.1[\s\S]*1\.24\.1/);
      expect(told).toMatch(/multiTenancy/);
      expect(told).toMatch(/source-controller[\s\S]*(ErrImagePull|ImagePullBackOff)/);
      for (const [name, cause] of [
        ["unrendered", /multiTenancy/],
        ["unready", /ErrImagePull|ImagePullBackOff/],
      ] as const) {
        const path = `${clusterId("mine")}/providers/Microsoft.KubernetesConfiguration/extensions/${name}`;
        const { properties } = Failed.parse((await arm.call(`${path}?api-version=2023-05-01`)).json);
        expect(properties.provisioningState).toBe("Failed");
        expect(properties.errorInfo.message).toMatch(cause);
      }
      await fleet.declare(attached());
      mustSucceed(await fleet.up());
    },
    minutes(6),
  );

  test(
    "shows Flux's own message for a repository, a branch and a folder that are wrong, beside one that is right",
    async () => {
      const flux = { cluster: "mine", extension: "flux" };
      const source = (branch: string, url = git.url) => ({ url, repositoryRef: { branch } });
      const folderOf = (path: string) => ({ all: { path, retryIntervalInSeconds: 5 } });
      const withFlux: Spec = {
        ...attached(),
        extensions: { flux: { cluster: "mine", extensionType: "microsoft.flux", configurationSettings: settings } },
      };
      const wrong = { ...flux, complianceTimeoutSeconds: 45 };
      const told = await failingUp(fleet, {
        ...withFlux,
        fluxConfigurations: {
          right: { ...flux, gitRepository: source("main"), kustomizations: folderOf("./good") },
          nowhere: {
            ...wrong,
            gitRepository: source("main", git.url.replace("fleet", "nowhere")),
            kustomizations: folderOf("./good"),
          },
          branch: { ...wrong, gitRepository: source("nope"), kustomizations: folderOf("./good") },
          broken: { ...wrong, gitRepository: source("main"), kustomizations: folderOf("./broken") },
        },
      });
      expect(told).toMatch(/nowhere[\s\S]*(not found|404)/);
      expect(told).toMatch(/branch[\s\S]*nope/);
      expect(told).toMatch(/broken[\s\S]*missing\.yaml/);
      const compliance = async (name: string): Promise<unknown> => {
        const answer = await arm.call(
          `${clusterId("mine")}/providers/Microsoft.KubernetesConfiguration/fluxConfigurations/${name}?api-version=2025-04-01`,
        );
        return Compliance.parse(answer.json).properties.complianceState;
      };
      expect(await compliance("right")).toBe("Compliant");
      for (const name of ["nowhere", "branch", "broken"])
        expect([name, await compliance(name)]).toEqual([name, "Non-Compliant"]);
    },
    minutes(8),
  );

  test(
    "is detached with everything on it, the half-made included",
    async () => {
      mustSucceed(await fleet.destroy());
      expect((await arm.call(`${clusterId("mine")}?api-version=2024-01-01`)).status).toBe(404);
      const namespaces = await cluster.kubectl.run("get", "namespaces", "-o", "name");
      expect(namespaces).not.toMatch(/azure-arc|flux-system/);
    },
    minutes(5),
  );
});

const Kubeconfig = z.looseObject({ users: z.array(z.object({ name: z.string() })) });
const Failed = z.object({
  properties: z.object({ provisioningState: z.string(), errorInfo: z.object({ message: z.string() }) }),
});
const Compliance = z.object({ properties: z.object({ complianceState: z.string() }) });

/** May look at most things and change none. */
const powerless = `
apiVersion: v1
kind: ServiceAccount
metadata: { name: powerless, namespace: default }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: powerless }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ kind: ServiceAccount, name: powerless, namespace: default }]
`;
