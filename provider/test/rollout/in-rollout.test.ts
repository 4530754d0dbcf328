import { beforeEach, describe, expect, test } from "@jest/globals";
import { kindOf } from "../../src/kinds/index.ts";
import { armLifecycle } from "../../src/lifecycle/arm-lifecycle.ts";
import { HalfMadeError } from "../../src/lifecycle/half-made.ts";
import type { Lifecycle } from "../../src/lifecycle/lifecycle.ts";
import { rolloutGateLifecycle } from "../../src/rollout/gate-lifecycle.ts";
import { inRollout } from "../../src/rollout/in-rollout.ts";
import { contextOf } from "../support/context.ts";

const kind = kindOf("connectedCluster");
const inputs = { resourceGroup: "g", location: "westeurope", name: "east", kubeconfig: "text" };
const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/east";

let warnings: string[];
beforeEach(() => {
  warnings = [];
});

/** A cluster's life whose verbs end as a test says. */
const life = (verbs: Partial<Lifecycle>): Lifecycle => inRollout(kind, { ...armLifecycle(kind), ...verbs });
const tolerant = (needs: string[] = [], signal?: AbortSignal) =>
  contextOf({ hints: { rollout: { needs } }, warn: (text) => void warnings.push(text), ...(signal ? { signal } : {}) });
const fails = (error: Error) => async (): Promise<never> => {
  throw error;
};

describe("a member of a ring that cannot be created", () => {
  const failing = life({ create: fails(new Error("the kubeconfig cannot be used")) });

  test("is kept in the state without a record, and warned of", async () => {
    expect(await failing.create(tolerant(), inputs)).toEqual({
      id,
      state: {
        stateVersion: 1,
        ...inputs,
        provisioningState: "Failed",
        connectivityStatus: "AgentNotInstalled",
        unmade: true,
        unfinished: "the kubeconfig cannot be used",
      },
    });
    expect(warnings).toEqual([expect.stringContaining("the kubeconfig cannot be used")]);
  });

  test("is created by the next run, whatever that run is told it is", async () => {
    const { state } = await failing.create(tolerant(), inputs);
    expect(failing.diff(state, inputs)).toMatchObject({ changed: [], unfinished: "the kubeconfig cannot be used" });
    const mended = life({ create: async () => ({ id, state: { made: true } }) });
    expect(await mended.update(tolerant(), id, state, inputs)).toEqual({ made: true });
  });

  test("is forgotten by a refresh and deleted without a request: a record under its id would be someone else's", async () => {
    const { state } = await failing.create(tolerant(), inputs);
    const silent = life({ read: fails(new Error("asked")), remove: fails(new Error("asked")) });
    expect(await silent.read(contextOf({}), id, state)).toBeUndefined();
    await silent.remove(contextOf({}), id, state);
  });

  test("keeps what needs it from being begun", async () => {
    await failing.create(tolerant(), inputs);
    const other = life({ create: fails(new Error("was begun")) });
    const { state } = await other.create(tolerant([id]), { ...inputs, name: "child" });
    expect(state.unfinished).toMatch(/^Not begun: \S+\/east failed in this run/);
  });

  test("fails as ever when the engine would remove what it replaces, as in a move to another region", async () => {
    const moved = { ...inputs, name: "moved", location: "northeurope" };
    const change = { changed: ["location"], replaces: ["location"], unfinished: undefined, deleteBeforeReplace: false };
    const moving = life({ diff: () => change, create: fails(new Error("out of reach")) });
    moving.diff({ stateVersion: 1, ...inputs }, moved);
    await expect(moving.create(tolerant(), moved)).rejects.toThrow("out of reach");
  });

  test("fails as ever outside of a ring, and when the run is interrupted", async () => {
    await expect(failing.create(contextOf({}), inputs)).rejects.toThrow("cannot be used");
    await expect(failing.create(tolerant([], AbortSignal.abort()), inputs)).rejects.toThrow("cannot be used");
    expect(warnings).toEqual([]);
  });
});

describe("a member of a ring that cannot be updated", () => {
  const state = { stateVersion: 1, ...inputs };
  const changed = { ...inputs, tags: { ring: "two" } };

  test("keeps its old inputs when nothing was written, so that the next run finds the change again", async () => {
    const failing = life({ update: fails(new Error("the cluster does not answer")) });
    const left = await failing.update(tolerant(), id, state, changed);
    expect(left).toEqual({ ...state, unfinished: "the cluster does not answer" });
    expect(failing.diff(left, changed)).toMatchObject({ changed: ["tags"] });
  });

  test("keeps what is known of a record that was written and is not what was asked for", async () => {
    const halfMade = new HalfMadeError(id, { ...changed, unfinished: "Offline" }, new Error("Offline"));
    expect(await life({ update: fails(halfMade) }).update(tolerant(), id, state, changed)).toBe(halfMade.properties);
  });
});

describe("the gate of a ring", () => {
  const gate = (name: string) => ({ name: "prod-canary", members: { east: { cluster: id.replace("east", name) } } });

  test("is unchanged when nothing happens in its ring", () => {
    expect(rolloutGateLifecycle.diff(gate("quiet"), gate("quiet"))).toMatchObject({
      changed: [],
      unfinished: undefined,
    });
  });

  test("has a look when a member is changed for a reason that its revision does not tell", () => {
    const drifted = { stateVersion: 1, ...inputs, name: "drifted", tags: { by: "someone" } };
    life({}).diff(drifted, { ...inputs, name: "drifted" });
    expect(rolloutGateLifecycle.diff(gate("drifted"), gate("drifted")).unfinished).toBe("something changes on east");
  });

  test("has a look when a member is new", () => {
    life({}).check({ ...inputs, name: "fresh" }, undefined, {});
    expect(rolloutGateLifecycle.diff(gate("fresh"), gate("fresh")).unfinished).toBeDefined();
  });

  test("has a look when it did not pass the last time", () => {
    const failed = { ...gate("quiet"), unfinished: "The ring is not healthy" };
    expect(rolloutGateLifecycle.diff(failed, gate("quiet")).unfinished).toBe("The ring is not healthy");
  });

  test("wants more time than the health it waits for takes", () => {
    const inputs = { ...gate("quiet"), healthyForSeconds: 60, timeoutSeconds: 60 };
    expect(rolloutGateLifecycle.check(inputs, undefined, {}).failures).toMatchObject([{ property: "timeoutSeconds" }]);
  });
});
