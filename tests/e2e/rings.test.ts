import { join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { type SpawnedControlPlane, spawnControlPlane } from "../support/control-plane.ts";
import { changesOf, mustSucceed, type RingsFleet, ringsFleet } from "../support/fleet.ts";
import { type SimulatedFleet, simulatedFleet } from "../support/simulated-fleet.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

/*
 * A rollout in rings with the real engine, told once and in order: each test goes on where the one before it ended. The clusters
 * are records, and their agents are played; what is tried is the order of things and what stops them.
 */

// The engine runs several times in each test, and the machine may be busy.
jest.setTimeout(10 * 60_000);

let folder: TempFolder;
let controlPlane: SpawnedControlPlane;
let agents: SimulatedFleet;
let fleet: RingsFleet;

beforeAll(async () => {
  folder = await tempFolder("rings");
  controlPlane = await spawnControlPlane();
  agents = await simulatedFleet(controlPlane.connection, "rings");
  fleet = await ringsFleet(options());
});

afterAll(async () => {
  await agents?.[Symbol.asyncDispose]();
  await controlPlane?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

const options = () => ({
  stateFolder: join(folder.path, "pulumi"),
  stack: "rings",
  connectionFile: join(controlPlane.dataDir, "connection.json"),
});

const canary = { tags: { ring: "canary" } };
const health = { healthyForSeconds: 1, timeoutSeconds: 20 };
const base = {
  defaults: { location: "westeurope", resourceGroup: "rings", agents: { install: false } },
  clusters: { east: canary, west: canary, north: {}, south: {} } as Record<string, object>,
  extensions: { flux: { extensionType: "microsoft.flux", configurationSettings: { round: "1" } } },
  rings: [
    { name: "canary", where: { tags: { ring: "canary" } }, ...health },
    { name: "rest", maxAtOnce: 1, ...health },
  ],
};
/** The same fleet with another setting of its extension, as a new version of it would be. */
const round = (number: number) => ({
  ...base,
  extensions: { flux: { ...base.extensions.flux, configurationSettings: { round: String(number) } } },
});

let grown: Record<string, object>;

const orderOf = (names: readonly string[], of: readonly string[]): string[] =>
  names.filter((name) => of.includes(name));

test("the first up goes ring by ring, and in the last one cluster by cluster", async () => {
  await fleet.declare(base);
  const result = mustSucceed(await fleet.up());
  const begun = result.steps.map(({ name }) => name);
  expect(orderOf(begun, ["prod-canary", "prod-north", "prod-rest"])).toEqual([
    "prod-canary",
    "prod-north",
    "prod-rest",
  ]);
  const lane = ["prod-north", "prod-north-flux", "prod-south", "prod-south-flux"];
  expect(orderOf(begun, lane)).toEqual(lane);
  expect(await fleet.outputs()).toMatchObject({ status: { east: { extensions: { flux: "Succeeded" } } } });
});

test("an unchanged fleet is unchanged, its gates too, also after a refresh", async () => {
  mustSucceed(await fleet.refresh());
  expect(changesOf(mustSucceed(await fleet.preview()))).toEqual([]);
});

test("one broken cluster does not stop its ring, and the ring's gate stops the next", async () => {
  agents.breakCluster("west", "the chart cannot be pulled");
  await fleet.declare(round(2));
  const result = await fleet.up();
  expect(result.exitCode).not.toBe(0);
  expect(changesOf(result)).toEqual(["prod-canary: update", "prod-east-flux: update", "prod-west-flux: update"]);
  const said = result.diagnostics.join("\n");
  expect(said).toContain("The ring canary is not healthy: 1 of 2 clusters healthy");
  expect(said).toMatch(/west: .*the chart cannot be pulled/);
  expect(said).toContain("Not begun: the ring rest (2 clusters)");
});

test("what failed is tried again although nothing was changed, and the next ring still waits", async () => {
  expect(changesOf(mustSucceed(await fleet.preview()))).toEqual([
    "prod-canary: update",
    "prod-north-flux: update",
    "prod-rest: update",
    "prod-south-flux: update",
    "prod-west-flux: update",
  ]);
  const result = await fleet.up();
  expect(result.exitCode).not.toBe(0);
  expect(changesOf(result)).toEqual(["prod-canary: update", "prod-west-flux: update"]);
});

test("when the cluster is mended the rollout goes on from there", async () => {
  agents.heal("west");
  const result = mustSucceed(await fleet.up());
  expect(changesOf(result)).toEqual([
    "prod-canary: update",
    "prod-north-flux: update",
    "prod-rest: update",
    "prod-south-flux: update",
    "prod-west-flux: update",
  ]);
  expect(changesOf(mustSucceed(await fleet.preview()))).toEqual([]);
});

test("a cluster added in the middle changes nothing but its ring's gate", async () => {
  grown = Object.fromEntries(Object.entries(base.clusters).toSpliced(1, 0, ["middle", {}]));
  await fleet.declare({ ...round(2), clusters: grown });
  const preview = mustSucceed(await fleet.preview());
  expect(changesOf(preview)).toEqual(["prod-middle-flux: create", "prod-middle: create", "prod-rest: update"]);
  mustSucceed(await fleet.up());
});

test("a cluster that cannot even be attached is told by the gate, and goes again without a trace", async () => {
  const unusable = { ...canary, agents: { install: true }, kubeconfig: "this is no kubeconfig" };
  await fleet.declare({ ...round(2), clusters: { ...grown, unusable } });
  const result = await fleet.up();
  expect(result.exitCode).not.toBe(0);
  expect(changesOf(result)).toEqual(["prod-canary: update", "prod-unusable-flux: create", "prod-unusable: create"]);
  const said = result.diagnostics.join("\n");
  expect(said).toMatch(/unusable: The kubeconfig/);
  expect(said).toMatch(/Not begun: \S+unusable failed in this run/);

  await fleet.declare({ ...round(2), clusters: grown });
  expect(changesOf(mustSucceed(await fleet.up()))).toEqual([
    "prod-canary: update",
    "prod-unusable-flux: delete",
    "prod-unusable: delete",
  ]);
});

test("clusters that a program declared by themselves become the fleet's by aliases, without being touched", async () => {
  const alone = await ringsFleet({ ...options(), stack: "alone" });
  const clusters = { solo: {}, duo: {} };
  const spec = { ...base, defaults: { ...base.defaults, resourceGroup: "alone" }, extensions: {}, rings: undefined };
  await alone.declare({ ...spec, clusters: {}, alone: Object.keys(clusters) });
  mustSucceed(await alone.up());
  await alone.declare({ ...spec, clusters, takesOver: true });
  expect(changesOf(mustSucceed(await alone.up()))).toEqual([]);
  await alone.declare({ ...spec, clusters });
  expect(changesOf(mustSucceed(await alone.preview()))).toEqual([]);
});

test("destroying goes the other way round and leaves nothing", async () => {
  const result = mustSucceed(await fleet.destroy());
  const gone = result.steps.map(({ name }) => name);
  expect(orderOf(gone, ["prod-north", "prod-canary", "prod-east"])).toEqual(["prod-north", "prod-canary", "prod-east"]);
});
