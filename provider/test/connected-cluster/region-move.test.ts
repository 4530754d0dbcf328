import { describe, expect, test } from "@jest/globals";
import { describeMove, followMove, parsePlace } from "../../src/connected-cluster/region-move.ts";
import { unknownValue } from "../../src/inputs/unknown.ts";
import { lifecycleOf } from "../../src/kinds/index.ts";

const automatic = { isNameDefault: true };
const given = { isNameDefault: false };
const east = { name: "east", resourceGroup: "fleet", location: "westeurope" };
const moved = { ...east, location: "northeurope", name: "east-northeurope-1", movedFrom: "fleet/east" };

describe("the name of a record", () => {
  test.each([
    ["is the resource's at first", east, undefined, east],
    [
      "stays while the region does, in whichever spelling",
      { ...east, location: "West Europe" },
      east,
      { ...east, location: "West Europe" },
    ],
    [
      "is a new one in another region",
      { ...east, location: "North Europe" },
      east,
      { ...moved, location: "North Europe" },
    ],
    ["stays after the move, with where it came from", { ...east, location: "northeurope" }, moved, moved],
    [
      "is counted on when the cluster goes back",
      east,
      moved,
      { ...east, name: "east-westeurope-2", movedFrom: "fleet/east-northeurope-1" },
    ],
    [
      "goes with another resource group as it is",
      { ...east, resourceGroup: "other" },
      east,
      { ...east, resourceGroup: "other" },
    ],
    ["stays when the resource is called something else", { ...east, name: "orient" }, east, east],
    [
      "goes on when both change",
      { ...east, resourceGroup: "other", location: "northeurope" },
      east,
      { ...moved, resourceGroup: "other" },
    ],
  ])("%s", (_what, inputs, before, expected) => {
    expect(followMove(inputs, before, automatic)).toEqual(expected);
  });

  test("that the program gives is left alone, and so is one that is not known yet", () => {
    const elsewhere = { ...east, location: "northeurope" };
    expect(followMove(elsewhere, east, given)).toEqual(elsewhere);
    expect(followMove({ ...east, name: moved.name, location: "northeurope" }, moved, given)).toEqual(moved);
    const unknown = { ...east, location: unknownValue };
    expect(followMove(unknown, east, automatic)).toEqual(unknown);
  });

  test("stays within what a name may be, and unlike every name before it", () => {
    const long = { ...east, name: "e".repeat(260) };
    const first = followMove({ ...long, location: "northeurope" }, long, automatic);
    expect(String(first.name)).toHaveLength(260);
    expect(parsePlace(String(first.movedFrom))).toEqual({ resourceGroup: "fleet", name: long.name });
    const second = followMove(long, first, automatic);
    expect(String(second.name)).toHaveLength(260);
    const third = followMove({ ...long, location: "northeurope" }, second, automatic);
    expect(new Set([long.name, first.name, second.name, third.name]).size).toBe(4);
    // A number of the user's own is no count of ours.
    expect(
      followMove({ ...east, name: "shop-7", location: "northeurope" }, { ...east, name: "shop-7" }, automatic).name,
    ).toBe("shop-7-northeurope-1");
  });
});

describe("the plan of a move", () => {
  const cluster = lifecycleOf("connectedCluster");
  const inputs = { ...east, agents: { install: false } };
  const hints = { ...automatic, urn: "urn:pulumi:test::test::cluster::east" };

  test("is the same when the engine checks a replacement a second time, as if nothing had been there", () => {
    const elsewhere = { ...inputs, location: "northeurope" };
    const first = cluster.check(elsewhere, inputs, hints);
    expect(first.inputs).toEqual({ ...inputs, ...moved });
    expect(first.notice).toContain("moves from westeurope to northeurope: the record east-northeurope-1 is made first");
    const second = cluster.check(elsewhere, undefined, hints);
    expect(second.inputs).toEqual(first.inputs);
    expect(second.notice).toBeUndefined();
  });

  test("makes the new record first, and its children likewise; what is no move deletes first", () => {
    const state = { stateVersion: 1, ...inputs };
    expect(cluster.diff(state, { ...inputs, ...moved })).toMatchObject({
      changed: expect.arrayContaining(["location", "movedFrom", "name"]),
      deleteBeforeReplace: false,
    });
    expect(cluster.diff(state, { ...inputs, name: "orient" }).deleteBeforeReplace).toBe(true);
    const flux = {
      name: "flux",
      cluster: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/a",
      extensionType: "microsoft.flux",
    };
    const extension = lifecycleOf("extension");
    const elsewhere = { ...flux, cluster: flux.cluster.replace(/a$/, "b") };
    expect(extension.diff({ stateVersion: 1, ...flux }, elsewhere).deleteBeforeReplace).toBe(false);
    expect(extension.diff({ stateVersion: 1, ...flux }, { ...flux, cluster: unknownValue }).deleteBeforeReplace).toBe(
      false,
    );
    expect(extension.diff({ stateVersion: 1, ...flux }, { ...flux, extensionType: "other" }).deleteBeforeReplace).toBe(
      true,
    );
  });

  test("speaks of agents where there are some", () => {
    const plan = (more: object) => describeMove({ ...east, ...more }, { ...moved, ...more });
    expect(plan({ kubeconfig: "x" })).toContain("the agents change over to it");
    expect(plan({ agents: { install: false } })).not.toContain("the agents");
    expect(describeMove(moved, moved)).toBeUndefined();
  });
});
