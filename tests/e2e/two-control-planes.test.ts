import { join } from "node:path";
import { toolPaths } from "@arcfleet/tools/demo/tool-paths.ts";
import { openWorkspace, type Workspace } from "@arcfleet/tools/pulumi/workspace.ts";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { armCaller } from "../support/arm-caller.ts";
import { type SpawnedControlPlane, spawnControlPlane } from "../support/control-plane.ts";
import { changesOf, mustSucceed } from "../support/fleet.ts";
import { repositoryRoot } from "../support/source-files.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

/*
 * One program, two control planes, records alone. Each test goes on where the one before it ended.
 */

/** A net below an engine that hangs, not a measure of speed. */
const timeoutMs = 300_000;

let folder: TempFolder;
let eu: SpawnedControlPlane;
let us: SpawnedControlPlane;
let stack: Workspace;

const connectionFile = ({ dataDir }: SpawnedControlPlane): string => join(dataDir, "connection.json");

const usPieces = ({ connection }: SpawnedControlPlane) => {
  const { clientSecret: _secret, ...pieces } = connection;
  return pieces;
};

beforeAll(async () => {
  folder = await tempFolder("two");
  eu = await spawnControlPlane();
  us = await spawnControlPlane();
  const { pulumi } = await toolPaths(() => undefined);
  stack = await openWorkspace({
    projectFolder: join(repositoryRoot, "tests", "e2e", "two-control-planes"),
    stateFolder: join(folder.path, "pulumi"),
    stack: "two",
    passphrase: "test",
    pulumiFolder: join(pulumi, ".."),
    // About a control plane of the stack that there is not: explicit providers must not look at it.
    env: { ARCFLEET_CONNECTION: "/nowhere.json", ARCFLEET_ENDPOINT: "https://127.0.0.1:1" },
  });
  await stack.setConfig("two:euConnection", connectionFile(eu));
  await stack.setConfig("two:us", JSON.stringify(usPieces(us)));
  await stack.setConfig("two:usClientSecret", us.connection.clientSecret, { secret: true });
  await stack.setConfig("two:nomad", "eu");
}, timeoutMs);

afterAll(async () => {
  await Promise.all([eu?.[Symbol.asyncDispose](), us?.[Symbol.asyncDispose]()]);
  await folder?.[Symbol.asyncDispose]();
}, timeoutMs);

const Names = z.object({ value: z.array(z.object({ name: z.string() })) });

/** The names of the clusters that a control plane knows. */
async function clustersOf({ connection }: SpawnedControlPlane): Promise<string[]> {
  const arm = await armCaller(connection);
  const path = `/subscriptions/${connection.subscriptionId}/providers/Microsoft.Kubernetes/connectedClusters`;
  const answer = await arm.call(`${path}?api-version=2024-01-01`);
  return Names.parse(answer.json)
    .value.map(({ name }) => name)
    .sort();
}

describe("two control planes in one program", () => {
  test(
    "each gets what is declared with its provider, given or inherited",
    async () => {
      mustSucceed(await stack.up({ timeoutMs }));
      expect(await clustersOf(eu)).toEqual(["nomad", "paris"]);
      expect(await clustersOf(us)).toEqual(["boston"]);
      expect(changesOf(mustSucceed(await stack.preview()))).toEqual([]);
    },
    timeoutMs,
  );

  test(
    "the state holds no credential in clear, and the file's not at all",
    async () => {
      const state = await stack.exportState();
      expect(state).toContain(connectionFile(eu));
      expect(state).not.toContain(eu.connection.clientSecret);
      expect(state).not.toContain(us.connection.clientSecret);
    },
    timeoutMs,
  );

  test(
    "another address of the same control plane changes no resource",
    async () => {
      await stack.setConfig("two:us", JSON.stringify({ ...usPieces(us), endpoint: `${us.connection.endpoint}/` }));
      expect(changesOf(mustSucceed(await stack.up({ timeoutMs })))).toEqual([]);
      expect(changesOf(mustSucceed(await stack.refresh({ timeoutMs })))).toEqual([]);
    },
    timeoutMs,
  );

  test(
    "a resource that is handed to the other provider goes from one control plane to the other",
    async () => {
      await stack.setConfig("two:nomad", "us");
      expect(changesOf(mustSucceed(await stack.preview()))).toEqual(expect.arrayContaining(["nomad: replace"]));
      mustSucceed(await stack.up({ timeoutMs }));
      expect(await clustersOf(eu)).toEqual(["paris"]);
      expect(await clustersOf(us)).toEqual(["boston", "nomad"]);
    },
    timeoutMs,
  );

  test(
    "a provider that is pointed at another control plane takes its resources there",
    async () => {
      await stack.setConfig("two:euConnection", connectionFile(us));
      mustSucceed(await stack.up({ timeoutMs }));
      expect(await clustersOf(eu)).toEqual([]);
      expect(await clustersOf(us)).toEqual(["boston", "nomad", "paris"]);
      expect(changesOf(mustSucceed(await stack.preview()))).toEqual([]);
    },
    timeoutMs,
  );

  test(
    "destroying needs the state alone",
    async () => {
      mustSucceed(await stack.destroy({ timeoutMs }));
      expect(await clustersOf(us)).toEqual([]);
    },
    timeoutMs,
  );
});
