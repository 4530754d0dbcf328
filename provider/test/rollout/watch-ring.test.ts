import type { ArmResource } from "@arcfleet/contract";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { GateInputs } from "../../src/rollout/gate-inputs.ts";
import { noteFailure, noteSuccess } from "../../src/rollout/run.ts";
import { type Clock, watchRing } from "../../src/rollout/watch-ring.ts";
import { contextOf } from "../support/context.ts";

const cluster = (name: string) =>
  `/subscriptions/s/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/${name}`;
const gateOf = (fields: object = {}) =>
  GateInputs.parse({
    name: "prod-canary",
    ring: "canary",
    members: { east: { cluster: cluster("east"), extensions: ["flux"] }, west: { cluster: cluster("west") } },
    healthyForSeconds: 60,
    timeoutSeconds: 600,
    ...fields,
  });

/** What the control plane says, by the last part of the id, as a function of the time in seconds. */
let world: Record<string, (seconds: number) => Record<string, unknown> | undefined>;
let seconds: number;
let asked: string[];
let said: string[];

beforeEach(() => {
  seconds = 0;
  asked = [];
  said = [];
  noteSuccess(cluster("east"));
  world = {
    east: () => ({ connectivityStatus: "Connected" }),
    flux: () => ({ provisioningState: "Succeeded" }),
    west: () => ({ connectivityStatus: "Connected" }),
  };
});

/** Time passes only while the gate sleeps. */
const clock: Clock = {
  now: () => seconds * 1000,
  async sleep(ms) {
    seconds += ms / 1000;
  },
};

const watch = (gate = gateOf(), hints = {}) =>
  watchRing(
    contextOf({
      hints,
      say: (text) => void said.push(text),
      get: async (id) => {
        const name = id.split("/").at(-1) ?? "";
        asked.push(name);
        const properties = world[name]?.(seconds);
        return properties === undefined ? undefined : ({ id, name, type: "t", properties } as unknown as ArmResource);
      },
    }),
    gate,
    clock,
  );

const failure = (gate?: GateInputs, hints?: object): Promise<string> =>
  watch(gate, hints).then(
    () => "passed",
    (error: Error) => error.message,
  );

describe("a gate", () => {
  test("lets a ring pass when it was healthy for long enough", async () => {
    expect(await watch()).toEqual({ unhealthy: [] });
    expect(seconds).toBe(60);
    expect(said[0]).toBe("0 of 2 clusters healthy for 60 s; all are healthy now");
  });

  test("lets it pass at the first look when that is enough", async () => {
    expect(await watch(gateOf({ healthyForSeconds: 0 }))).toEqual({ unhealthy: [] });
    expect(asked.sort()).toEqual(["east", "flux", "west"]);
  });

  test("begins to count again when a cluster was not healthy in between", async () => {
    world.west = (now) => ({ connectivityStatus: now === 30 ? "Offline" : "Connected" });
    await watch();
    expect(seconds).toBe(91);
  });

  test("asks no more about a cluster that has been healthy for long enough", async () => {
    world.west = (now) => ({ connectivityStatus: now < 100 ? "Connecting" : "Connected" });
    await watch();
    expect(asked.filter((name) => name === "east")).toHaveLength(61);
    expect(said).toContain("1 of 2 clusters healthy for 60 s; waiting for west: connectivityStatus is Connecting");
  });

  test("tells at the end, cluster by cluster, what is wrong, what waits and what to do", async () => {
    world.flux = () => ({ provisioningState: "Failed", errorInfo: { code: "X", message: "no such image" } });
    world.west = () => undefined;
    expect(await failure(undefined, { waiting: [{ ring: "rest", clusters: 3 }] })).toBe(
      [
        "The ring canary is not healthy: 0 of 2 clusters healthy after 600 s, and maxFailures is 0.",
        "  east: the extension flux is Failed: no such image",
        "  west: its record is gone",
        "Not begun: the ring rest (3 clusters).",
        "Mend these clusters or the program and run `pulumi up` again: it goes on from here. " +
          "To go on without them, raise `maxFailures` of the ring, or take them out of it.",
      ].join("\n"),
    );
  });

  test("does not wait when the provider gave up on a cluster in this run", async () => {
    noteFailure(cluster("east"), "the kubeconfig cannot be used");
    expect(await failure()).toContain("  east: the kubeconfig cannot be used");
    expect(seconds).toBe(0);
  });

  test("lets maxFailures clusters go, and names them", async () => {
    noteFailure(cluster("east"), "the kubeconfig cannot be used");
    expect(await watch(gateOf({ maxFailures: 1 }))).toEqual({ unhealthy: ["east"] });
    expect(seconds).toBe(60);
  });

  test("counts a cluster that became healthy too late among the unhealthy", async () => {
    world.west = (now) => ({ connectivityStatus: now < 580 ? "Connecting" : "Connected" });
    expect(await failure()).toContain("  west: healthy, but not yet for 60 s");
  });
});
