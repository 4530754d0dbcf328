import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { configureFleet } from "@arcfleet/tools/demo/fleet-stack.ts";
import { sampleFiles, samplePath } from "@arcfleet/tools/demo/sample-repository.ts";
import { type GitServer, startGitServer } from "@arcfleet/tools/git-server/index.ts";
import { agentsImageReference } from "@arcfleet/tools/image/agents-image.ts";
import type { EngineEvent } from "@arcfleet/tools/pulumi/engine-event.ts";
import type { Workspace } from "@arcfleet/tools/pulumi/workspace.ts";
import { ensureTools } from "@arcfleet/tools/setup/index.ts";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { z } from "zod";
import { type ArmCaller, armCaller } from "../support/arm-caller.ts";
import { type SpawnedControlPlane, spawnControlPlane } from "../support/control-plane.ts";
import { changesOf, exampleFleet, mustSucceed, type SpecFleet, specFleet } from "../support/fleet.ts";
import { killAgents, type LabCluster, testClusters } from "../support/lab.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";
import type { Spec } from "./program/spec.ts";

/*
 * The story of a fleet, told once and in order with the real engine, two real clusters and the program of examples/fleet. Each
 * test goes on where the one before it ended.
 */

const minutes = (count: number): number => count * 60_000;

let folder: TempFolder;
let clusters: readonly [LabCluster, LabCluster];
let controlPlane: SpawnedControlPlane;
let git: GitServer;
let arm: ArmCaller;
let fleet: Workspace;
let before: string[][];
let helm: string;

beforeAll(async () => {
  folder = await tempFolder("e2e");
  clusters = await testClusters();
  const [{ bridgeAddress }] = clusters;
  before = await Promise.all(clusters.map(({ kubectl }) => kubectl.inventory()));
  controlPlane = await spawnControlPlane({ host: bridgeAddress });
  arm = await armCaller(controlPlane.connection);
  git = await startGitServer({ host: bridgeAddress, dir: join(folder.path, "git") });
  await git.commit(sampleFiles(await agentsImageReference()), "sample");
  ({ helm } = await ensureTools(["helm"], () => undefined));
  fleet = await exampleFleet(stackOptions());
  await configureFleet(fleet, {
    kubeconfigs: clusters.map(({ kubeconfig }) => kubeconfig),
    gitUrl: git.url,
    gitPath: samplePath,
    isOffline: true,
  });
}, minutes(5));

afterAll(async () => {
  await git?.close();
  await controlPlane?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
}, minutes(1));

const stackOptions = () => ({
  stateFolder: join(folder.path, "pulumi"),
  stack: "story",
  connectionFile: join(controlPlane.dataDir, "connection.json"),
});

/** The same resources as the example declares, to be declared with changes that the example has no setting for. */
async function sameAsExample(): Promise<{ program: SpecFleet; spec: Required<Spec> }> {
  const program = await specFleet(stackOptions());
  const names = ["east", "west"];
  const settings = { "helm-controller.enabled": "false", "notification-controller.enabled": "false" };
  const spec = {
    clusters: Object.fromEntries(
      names.map((name, at) => [
        name,
        { kubeconfig: clusters[at]?.kubeconfig, tags: { ring: at === 0 ? "canary" : "stable" } },
      ]),
    ),
    extensions: Object.fromEntries(
      names.map((name) => [
        `${name}-flux`,
        { name: "flux", cluster: name, extensionType: "microsoft.flux", configurationSettings: settings },
      ]),
    ),
    fluxConfigurations: Object.fromEntries(
      names.map((name) => [
        `${name}-apps`,
        {
          name: "apps",
          cluster: name,
          extension: `${name}-flux`,
          gitRepository: { url: git.url, repositoryRef: { branch: "main" }, syncIntervalInSeconds: 10 },
          kustomizations: { apps: { path: samplePath, prune: true } },
        },
      ]),
    ),
  };
  return { program, spec };
}

const idOf = (path: string): string =>
  `/subscriptions/${controlPlane.connection.subscriptionId}/resourceGroups/fleet/providers/Microsoft.Kubernetes/connectedClusters/${path}`;
const fluxExtension = (cluster: string): string =>
  idOf(`${cluster}/providers/Microsoft.KubernetesConfiguration/extensions/flux?api-version=2023-05-01`);
const fluxConfiguration = (cluster: string): string =>
  idOf(`${cluster}/providers/Microsoft.KubernetesConfiguration/fluxConfigurations/apps?api-version=2025-04-01`);

const Resource = z.object({
  properties: z.record(z.string(), z.unknown()),
  tags: z.record(z.string(), z.string()).optional(),
});
const read = async (path: string) => Resource.parse((await arm.call(path)).json);

const Deployments = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ replicas: z.int() }),
      status: z.object({ readyReplicas: z.int().optional() }),
    }),
  ),
});
/** The deployments of a namespace: name to whether all its pods are ready. */
async function deployments({ kubectl }: LabCluster, namespace: string): Promise<Record<string, boolean>> {
  const { items } = await kubectl.get(Deployments, "deployments", "-n", namespace);
  return Object.fromEntries(
    items.map(({ metadata, spec, status }) => [metadata.name, status.readyReplicas === spec.replicas]),
  );
}

/** Calls back once, when the engine says something that matches. */
function onceSaid(pattern: RegExp, react: () => void): (event: EngineEvent) => void {
  let isDone = false;
  return ({ diagnosticEvent }) => {
    if (isDone || diagnosticEvent === undefined || !pattern.test(diagnosticEvent.message)) return;
    isDone = true;
    react();
  };
}

const agents = [
  "cluster-metadata-operator",
  "clusteridentityoperator",
  "config-agent",
  "controller-manager",
  "extension-manager",
  "resource-sync-agent",
];

describe("a fleet", () => {
  test(
    "is shown before it is made",
    async () => {
      const preview = mustSucceed(await fleet.preview());
      expect(changesOf(preview)).toEqual([
        "east-apps: create",
        "east-flux: create",
        "east: create",
        "west-apps: create",
        "west-flux: create",
        "west: create",
      ]);
      expect(preview.output + JSON.stringify(preview.steps)).not.toContain("client-key-data");
    },
    minutes(2),
  );

  test(
    "whose attaching is struck by SIGKILL, control plane and agents at once, goes on with the next up",
    async () => {
      const { program, spec } = await sameAsExample();
      await program.declare({ clusters: spec.clusters });
      let struck: Promise<number> | undefined;
      const first = program.up({
        onEvent: onceSaid(/[1-9] of \d+ agents ready/, () => {
          struck = controlPlane.kill("SIGKILL").then(killAgents);
        }),
      });
      await waitFor(() => struck, { timeoutMs: minutes(4), describe: "agents were coming up and have been killed" });
      expect(await struck).toBeGreaterThan(0);
      await controlPlane.restart();
      // Whether this very run survives depends on where it was struck; the state that it leaves must do.
      await first;
      const again = mustSucceed(await program.up());
      expect(changesOf(again).filter((change) => !/: (create|update)$/.test(change))).toEqual([]);
    },
    minutes(10),
  );

  test(
    "whose making is interrupted by Ctrl-C leaves a state to go on from",
    async () => {
      const interrupt = new AbortController();
      const result = await fleet.up({
        signal: interrupt.signal,
        onEvent: onceSaid(/InProgress|Pending/, () => interrupt.abort()),
      });
      expect(interrupt.signal.aborted).toBe(true);
      expect(result.exitCode).not.toBe(0);
      expect(await killAgents()).toBeGreaterThan(0);
      mustSucceed(await fleet.up());
    },
    minutes(8),
  );

  test(
    "is then what was declared: clusters connected, extensions installed, the repository delivered, pods running",
    async () => {
      for (const [at, name] of ["east", "west"].entries()) {
        const cluster = clusters[at === 0 ? 0 : 1];
        expect(await read(`${idOf(name)}?api-version=2024-07-01-preview`)).toMatchObject({
          properties: { connectivityStatus: "Connected", provisioningState: "Succeeded", totalNodeCount: 1 },
          tags: { ring: at === 0 ? "canary" : "stable" },
        });
        expect((await read(fluxExtension(name))).properties.provisioningState).toBe("Succeeded");
        expect((await read(fluxConfiguration(name))).properties.complianceState).toBe("Compliant");
        await waitFor(() => deployments(cluster, "azure-arc"), {
          timeoutMs: minutes(1),
          describe: "the six agents are ready",
          until: (found) => agents.every((agent) => found[agent] === true),
        });
        await waitFor(() => deployments(cluster, "hello"), {
          timeoutMs: minutes(1),
          describe: "what the repository holds runs",
          until: (found) => found.hello === true,
        });
      }
    },
    minutes(5),
  );

  test(
    "keeps no private key and no plain kubeconfig in the state of the engine",
    async () => {
      const state = await fleet.exportState();
      expect(state).not.toMatch(/PRIVATE KEY|client-key-data|client-certificate-data/);
    },
    minutes(1),
  );

  test(
    "shows no change in a second preview",
    async () => {
      expect(changesOf(mustSucceed(await fleet.preview()))).toEqual([]);
    },
    minutes(2),
  );

  test(
    "shows no change after a refresh either",
    async () => {
      mustSucceed(await fleet.refresh());
      expect(changesOf(mustSucceed(await fleet.preview()))).toEqual([]);
    },
    minutes(2),
  );

  test(
    "has a new commit on both clusters a moment later",
    async () => {
      const greeting = `Hello ${randomUUID()}`;
      const sample = sampleFiles(await agentsImageReference())["apps/greeting.yaml"] ?? "";
      const commit = await git.commit({ "apps/greeting.yaml": sample.replace("Hello from Git", greeting) }, "greet");
      await Promise.all(
        clusters.map(({ kubectl }) =>
          waitFor(() => kubectl.run("get", "configmap", "greeting", "-n", "hello", "-o", "jsonpath={.data.greeting}"), {
            timeoutMs: minutes(1),
            describe: `the greeting is ${greeting}`,
            until: (text) => text === greeting,
          }),
        ),
      );
      await Promise.all(
        ["east", "west"].map((name) =>
          waitFor(() => read(fluxConfiguration(name)), {
            timeoutMs: minutes(1),
            describe: "the control plane knows the commit",
            until: ({ properties }) => String(properties.sourceSyncedCommitId).includes(commit),
          }),
        ),
      );
    },
    minutes(3),
  );

  describe("that is changed", () => {
    test(
      "shows which property of which resource is updated or replaces it",
      async () => {
        const { program, spec } = await sameAsExample();
        const preview = async (change: (copy: Required<Spec>) => void) => {
          const copy = structuredClone(spec);
          change(copy);
          await program.declare(copy);
          const { steps } = mustSucceed(await program.preview());
          return steps
            .filter(({ op, type }) => op !== "same" && !type.startsWith("pulumi:"))
            .map(({ name, op, changes }) => `${name} ${op} ${Object.keys(changes).sort().join(",")}`.trim())
            .sort();
        };
        const of = <T>(map: Record<string, T>, name: string): T => {
          const found = map[name];
          if (found === undefined) throw new Error(`no ${name}`);
          return found;
        };

        expect(await preview(() => undefined)).toEqual([]);
        expect(
          await preview(({ clusters, extensions, fluxConfigurations }) => {
            Object.assign(of(clusters, "east"), { tags: { ring: "late" } });
            Object.assign(of(extensions, "west-flux"), { version: "1.24.1" });
            Object.assign(of(fluxConfigurations, "west-apps").kustomizations.apps ?? {}, { path: "./other" });
          }),
        ).toEqual(["east update tags.ring", "west-apps update kustomizations.apps.path", "west-flux update version"]);
        const replaced = await preview(({ clusters }) => {
          Object.assign(of(clusters, "east"), { location: "northeurope" });
          Object.assign(of(clusters, "west"), { name: "occident" });
        });
        expect(replaced.join("\n")).toMatch(
          /^east (replace|delete-replaced|create-replacement) location,movedFrom,name$/m,
        );
        expect(replaced.join("\n")).toMatch(/^west (replace|delete-replaced|create-replacement) name$/m);
      },
      minutes(5),
    );

    test(
      "has the changed tag and the changed path after the update, and nothing else touched",
      async () => {
        const sample = Object.entries(sampleFiles(await agentsImageReference()));
        const moved = sample.map(([path, text]) => [path.replace(/^apps\//, "more/"), text]);
        await git.commit({ ...Object.fromEntries(moved), "more/extra.yaml": extra }, "another folder");
        const { program, spec } = await sameAsExample();
        const copy = structuredClone(spec);
        const east = copy.clusters.east ?? {};
        Object.assign(east, { tags: { ring: "late" } });
        Object.assign(copy.fluxConfigurations["east-apps"]?.kustomizations.apps ?? {}, { path: "./more" });
        await program.declare(copy);
        const result = mustSucceed(await program.up());
        expect(changesOf(result)).toEqual(["east-apps: update", "east: update"]);
        expect((await read(`${idOf("east")}?api-version=2024-07-01-preview`)).tags).toEqual({ ring: "late" });
        await waitFor(() => clusters[0].kubectl.run("get", "configmap", "extra", "-n", "hello", "-o", "name"), {
          timeoutMs: minutes(1),
          describe: "the other folder is applied",
        });
        mustSucceed(await fleet.up());
      },
      minutes(5),
    );
  });

  describe("from which something is taken behind Pulumi's back", () => {
    test(
      "shows that, and is mended: the agents' Helm release of one cluster, an extension of the other",
      async () => {
        const flags = ["-n", "azure-arc-release", "--wait", "--kubeconfig", clusters[0].kubeconfig];
        await Promise.all([
          execa(helm, ["uninstall", "azure-arc", ...flags]),
          arm.call(fluxExtension("west"), { method: "DELETE" }),
        ]);
        await waitFor(async () => (await arm.call(fluxExtension("west"))).status, {
          timeoutMs: minutes(3),
          describe: "the extension is gone",
          until: (status) => status === 404,
        });
        mustSucceed(await fleet.refresh());
        const shown = changesOf(mustSucceed(await fleet.preview()));
        expect(shown).toContain("west-flux: create");
        expect(shown.filter((change) => change.startsWith("east"))).toEqual(["east: update"]);
        mustSucceed(await fleet.up());
        await waitFor(() => deployments(clusters[0], "azure-arc"), {
          timeoutMs: minutes(2),
          describe: "the six agents are ready again",
          until: (found) => agents.every((agent) => found[agent] === true),
        });
        await waitFor(() => read(fluxConfiguration("west")), {
          timeoutMs: minutes(2),
          describe: "the repository is delivered again",
          until: ({ properties }) => properties.complianceState === "Compliant",
        });
        expect(changesOf(mustSucceed(await fleet.preview()))).toEqual([]);
      },
      minutes(10),
    );

    test(
      "shows that, and is mended: the record of a cluster, with everything below it",
      async () => {
        await arm.call(`${idOf("west")}?api-version=2024-07-01-preview`, { method: "DELETE" });
        mustSucceed(await fleet.refresh());
        expect(changesOf(mustSucceed(await fleet.preview()))).toEqual([
          "west-apps: create",
          "west-flux: create",
          "west: create",
        ]);
        mustSucceed(await fleet.up());
        expect((await read(`${idOf("west")}?api-version=2024-07-01-preview`)).properties.connectivityStatus).toBe(
          "Connected",
        );
        await waitFor(() => deployments(clusters[1], "hello"), {
          timeoutMs: minutes(2),
          describe: "what the repository holds runs",
          until: (found) => found.hello === true,
        });
      },
      minutes(8),
    );
  });

  describe("of which a cluster moves to another region", () => {
    const Uids = z.object({
      items: z.array(z.object({ metadata: z.object({ name: z.string(), namespace: z.string(), uid: z.string() }) })),
    });
    /** Everything that was delivered, and what delivers it. */
    const whatRuns = async (): Promise<string[]> => {
      const kinds = ["pods", "extensionconfigs", "fluxconfigs", "gitrepositories", "kustomizations"];
      const found = await Promise.all(kinds.map((kind) => clusters[0].kubectl.get(Uids, kind, "--all-namespaces")));
      return found
        .flatMap(({ items }) => items.map(({ metadata }) => metadata))
        .filter(({ namespace }) => namespace !== "azure-arc" && !namespace.startsWith("kube-"))
        .map(({ namespace, name, uid }) => `${namespace}/${name} ${uid}`)
        .sort();
    };
    const attachedAs = () =>
      clusters[0].kubectl.run(
        ...["get", "configmap", "azure-clusterconfig", "-n", "azure-arc", "-o", "jsonpath={.data.AZURE_RESOURCE_NAME}"],
      );
    const moveEast = async (location: string) => {
      const { program, spec } = await sameAsExample();
      Object.assign(spec.clusters.east ?? {}, { location });
      await program.declare(spec);
      return program;
    };

    test(
      "is struck by SIGKILL once the agents have changed over, and is taken back as it was",
      async () => {
        const before = await whatRuns();
        const program = await moveEast("northeurope");
        const crash = new AbortController();
        await program.up({
          crash: crash.signal,
          onEvent: onceSaid(/\d+ of \d+ agents ready/, () => crash.abort()),
        });
        expect(crash.signal.aborted).toBe(true);
        await program.unlock();
        expect(await attachedAs()).toBe("east-northeurope-1");

        mustSucceed(await fleet.refresh());
        expect(changesOf(mustSucceed(await fleet.up()))).toEqual(["east: update"]);
        expect(await attachedAs()).toBe("east");
        expect((await arm.call(`${idOf("east-northeurope-1")}?api-version=2024-07-01-preview`)).status).toBe(404);
        expect(await whatRuns()).toEqual(before);
      },
      minutes(8),
    );

    test(
      "goes there although it is struck among the children, and nothing that runs is made anew",
      async () => {
        const before = await whatRuns();
        const program = await moveEast("northeurope");
        const crash = new AbortController();
        await program.up({ crash: crash.signal, onEvent: onceSaid(/extension: InProgress/, () => crash.abort()) });
        expect(crash.signal.aborted).toBe(true);
        await program.unlock();
        mustSucceed(await program.up());

        expect(await whatRuns()).toEqual(before);
        expect((await arm.call(`${idOf("east")}?api-version=2024-07-01-preview`)).status).toBe(404);
        expect(await read(`${idOf("east-northeurope-1")}?api-version=2024-07-01-preview`)).toMatchObject({
          properties: { connectivityStatus: "Connected", movedFrom: idOf("east") },
        });
        expect((await read(fluxConfiguration("east-northeurope-1"))).properties.complianceState).toBe("Compliant");
        expect(changesOf(mustSucceed(await program.preview()))).toEqual([]);
      },
      minutes(8),
    );
  });

  test(
    "leaves nothing behind when it is destroyed",
    async () => {
      mustSucceed(await fleet.destroy());
      expect((await arm.call(`${idOf("east")}?api-version=2024-07-01-preview`)).status).toBe(404);
      for (const [at, { kubectl }] of clusters.entries()) {
        const expected = before[at] ?? [];
        await waitFor(async () => (await kubectl.inventory()).filter((one) => !expected.includes(one)), {
          timeoutMs: minutes(1),
          describe: "the cluster is as it was before the fleet",
          until: (left) => left.length === 0,
        });
      }
    },
    minutes(5),
  );
});

const extra = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra, namespace: hello }\n";
