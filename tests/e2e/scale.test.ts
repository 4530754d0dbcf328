import { join } from "node:path";
import { openWorkspace, type Workspace } from "@arcfleet/tools/pulumi/workspace.ts";
import { ensureTools } from "@arcfleet/tools/setup/index.ts";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type SpawnedControlPlane, spawnControlPlane } from "../support/control-plane.ts";
import { changesOf, mustSucceed } from "../support/fleet.ts";
import { countRequests } from "../support/request-counts.ts";
import { repositoryRoot } from "../support/source-files.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

/*
 * Work is proportional to what changed: what the control plane is asked for by a stack of many clusters, counted by itself. How many
 * there are does not matter; they are record-only, so no cluster is needed.
 */

const count = 60;
const minutes = (count: number): number => count * 60_000;

let folder: TempFolder;
let controlPlane: SpawnedControlPlane;
let stack: Workspace;

beforeAll(async () => {
  folder = await tempFolder("scale");
  controlPlane = await spawnControlPlane();
  const { pulumi } = await ensureTools(["pulumi"], () => undefined);
  stack = await openWorkspace({
    projectFolder: join(repositoryRoot, "tools", "bench", "engine-ours"),
    stateFolder: join(folder.path, "pulumi"),
    stack: "scale",
    passphrase: "test",
    pulumiFolder: pulumi,
    env: { ARCFLEET_CONNECTION: join(controlPlane.dataDir, "connection.json") },
  });
  await stack.setConfig("count", String(count));
}, minutes(5));

afterAll(async () => {
  await controlPlane?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
}, minutes(1));

/** What the control plane was asked about clusters while something was done: `{ PUT: 1 }`. */
const asked = (work: () => Promise<unknown>): Promise<Record<string, number>> =>
  countRequests(controlPlane.connection, /connectedClusters/i, work);

describe("a stack of many clusters", () => {
  test(
    "is made with one PUT a cluster",
    async () => {
      const requests = await asked(async () => mustSucceed(await stack.up()));
      // The group is not there yet: those that find out first write again.
      expect(requests.PUT).toBeGreaterThanOrEqual(count);
      expect(requests.PUT).toBeLessThan(count + 40);
      expect(Object.keys(requests)).toEqual(["PUT"]);
    },
    minutes(5),
  );

  test(
    "is previewed, and brought up without a change, without a request",
    async () => {
      expect(await asked(async () => mustSucceed(await stack.preview()))).toEqual({});
      expect(await asked(async () => mustSucceed(await stack.up()))).toEqual({});
    },
    minutes(5),
  );

  test(
    "with one changed tag costs one GET and one PUT",
    async () => {
      await stack.setConfig("changed", "17");
      const requests = await asked(async () =>
        expect(changesOf(mustSucceed(await stack.up()))).toEqual(["c17: update"]),
      );
      expect(requests).toEqual({ GET: 1, PUT: 1 });
    },
    minutes(5),
  );

  test(
    "is refreshed by reading pages, not one cluster after the other",
    async () => {
      const requests = await asked(async () => mustSucceed(await stack.refresh()));
      expect(requests.GET).toBeLessThan(count / 2);
      expect(Object.keys(requests)).toEqual(["GET"]);
      expect(changesOf(mustSucceed(await stack.preview()))).toEqual([]);
    },
    minutes(5),
  );

  test(
    "keeps a state that is small for each of them",
    async () => {
      const bytes = Buffer.byteLength(JSON.stringify(JSON.parse(await stack.exportState())));
      expect(bytes / count).toBeLessThan(3_000);
    },
    minutes(1),
  );
});
