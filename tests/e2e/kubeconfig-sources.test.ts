import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toolPaths } from "@arcfleet/tools/demo/tool-paths.ts";
import { openWorkspace, type Workspace } from "@arcfleet/tools/pulumi/workspace.ts";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { z } from "zod";
import { type SpawnedControlPlane, spawnControlPlane } from "../support/control-plane.ts";
import { changesOf, mustSucceed } from "../support/fleet.ts";
import { type LabCluster, testCluster } from "../support/lab.ts";
import { repositoryRoot } from "../support/source-files.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

/*
 * One real cluster whose kubeconfig comes from different sources, with the real engine. Each test goes on where the one before it
 * ended.
 */

const minutes = (count: number): number => count * 60_000;

const Kubeconfig = z.looseObject({
  users: z.tuple([z.looseObject({ user: z.record(z.string(), z.string()) })]),
});

let folder: TempFolder;
let cluster: LabCluster;
let controlPlane: SpawnedControlPlane;
let stack: Workspace;
/** Inside the folder of a program of our own, so that a relative path can be tried. */
let program: string;

beforeAll(async () => {
  folder = await tempFolder("sources");
  cluster = await testCluster();
  controlPlane = await spawnControlPlane({ host: cluster.bridgeAddress });
  const { pulumi, helm } = await toolPaths(() => undefined);
  program = join(repositoryRoot, "tests", "e2e", "kubeconfig-sources");
  await rm(kept(), { recursive: true, force: true });
  await mkdir(kept());
  await copyFile(cluster.kubeconfig, join(kept(), "east"));
  stack = await openWorkspace({
    projectFolder: program,
    stateFolder: join(folder.path, "pulumi"),
    stack: "sources",
    passphrase: "test",
    pulumiFolder: join(pulumi, ".."),
    env: { ARCFLEET_CONNECTION: join(controlPlane.dataDir, "connection.json"), ARCFLEET_HELM: helm },
  });
}, minutes(5));

afterAll(async () => {
  await controlPlane?.[Symbol.asyncDispose]();
  await rm(kept(), { recursive: true, force: true });
  await folder?.[Symbol.asyncDispose]();
}, minutes(1));

const kept = (): string => join(program, ".kubeconfigs");
const give = (source: unknown): Promise<void> => stack.setConfig("sources:kubeconfig", JSON.stringify(source));

/** The lab's kubeconfig with its credentials behind a program. */
async function withProgram(command: string): Promise<string> {
  const text = await readFile(cluster.kubeconfig, "utf8");
  const { users, ...rest } = Kubeconfig.parse(parse(text));
  const decode = (key: string) => Buffer.from(users[0].user[key] ?? "", "base64").toString();
  const status = {
    clientCertificateData: decode("client-certificate-data"),
    clientKeyData: decode("client-key-data"),
  };
  const credentials = join(folder.path, "credential.json");
  await writeFile(credentials, JSON.stringify({ apiVersion, kind: "ExecCredential", status }));
  const exec = { apiVersion, command, args: [credentials], interactiveMode: "Never" };
  return JSON.stringify({ ...rest, users: [{ ...users[0], user: { exec } }] });
}

const apiVersion = "client.authentication.k8s.io/v1";

describe("a cluster", () => {
  test(
    "is attached with a file beside the program, and the state holds its path alone",
    async () => {
      await give({ path: ".kubeconfigs/east" });
      mustSucceed(await stack.up());
      const { users } = Kubeconfig.parse(parse(await readFile(cluster.kubeconfig, "utf8")));
      const state = await stack.exportState({ showSecrets: true });
      expect(state).toContain(".kubeconfigs/east");
      expect(state).not.toContain(users[0].user["client-key-data"]);
    },
    minutes(5),
  );

  test(
    "hands a direct kubeconfig on, as a secret",
    async () => {
      await stack.setConfig("sources:handOn", "true");
      mustSucceed(await stack.up());
      const { handedOn } = await stack.outputs();
      const given = Kubeconfig.parse(parse(await readFile(cluster.kubeconfig, "utf8")));
      expect(Kubeconfig.parse(JSON.parse(String(handedOn))).users).toEqual(given.users);
      expect(await stack.exportState()).not.toContain(given.users[0].user["client-key-data"]);
    },
    minutes(2),
  );

  test(
    "is read and written through a credential program, and nothing but the source changes",
    async () => {
      const before = await cluster.kubectl.inventory();
      await give(await withProgram("cat"));
      const up = mustSucceed(await stack.up());
      expect(changesOf(up)).toEqual(["east: update"]);
      mustSucceed(await stack.refresh());
      expect(changesOf(mustSucceed(await stack.preview()))).toEqual([]);
      expect(await cluster.kubectl.inventory()).toEqual(before);
    },
    minutes(5),
  );

  test(
    "is left alone when the credential program is missing, and the error says what to install",
    async () => {
      await give(await withProgram("/nowhere/gke-gcloud-auth-plugin"));
      const failed = await stack.up();
      expect(failed.exitCode).not.toBe(0);
      expect(failed.diagnostics.join("\n")).toMatch(/gke-gcloud-auth-plugin'.*ENOENT.*gcloud components install/s);
    },
    minutes(2),
  );

  test(
    "is not forgotten when its file is gone at the end, and the error names it",
    async () => {
      await give({ path: ".kubeconfigs/east" });
      mustSucceed(await stack.up());
      await rm(join(kept(), "east"));
      const failed = await stack.destroy();
      expect(failed.diagnostics.join("\n")).toMatch(
        /\.kubeconfigs\/east cannot be read.*nothing was deleted|nothing was deleted.*\.kubeconfigs\/east/s,
      );
      await copyFile(cluster.kubeconfig, join(kept(), "east"));
      mustSucceed(await stack.destroy());
    },
    minutes(5),
  );

  test(
    "without a kubeconfig hands none on, rather than that of whoever runs Pulumi",
    async () => {
      await give(null);
      const failed = await stack.preview();
      expect(failed.exitCode).not.toBe(0);
      expect(failed.output + failed.diagnostics.join("\n")).toMatch(/'east' has no kubeconfig to hand on.*tunnel/s);
    },
    minutes(1),
  );
});
