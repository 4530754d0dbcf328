import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { type ArmCaller, armCaller } from "../support/arm-caller.ts";
import { type SpawnedControlPlane, spawnControlPlane } from "../support/control-plane.ts";
import { changesOf, mustSucceed, type SpecFleet, specFleet } from "../support/fleet.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

/*
 * A region move as the engine sees it, with records alone: what is made in which order, and what failures leave. What becomes of a
 * real cluster and its agents is told in fleet.test.ts.
 */

const minutes = (count: number): number => count * 60_000;

let folder: TempFolder;
let controlPlane: SpawnedControlPlane;
let arm: ArmCaller;
let program: SpecFleet;
let stacks = 0;

beforeAll(async () => {
  folder = await tempFolder("move");
  controlPlane = await spawnControlPlane();
  arm = await armCaller(controlPlane.connection);
}, minutes(2));

afterAll(async () => {
  await controlPlane?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
}, minutes(1));

/** A stack with one record in westeurope. */
beforeEach(async () => {
  stacks += 1;
  program = await specFleet({
    stateFolder: join(folder.path, `stack-${stacks}`),
    stack: `s${stacks}`,
    connectionFile: join(controlPlane.dataDir, "connection.json"),
  });
  await declare("westeurope");
  mustSucceed(await program.up());
}, minutes(2));

const name = (suffix = ""): string => `east${stacks}${suffix}`;
const declare = (location: string, more: object = {}) =>
  program.declare({ clusters: { [name()]: { location, agents: { install: false }, ...more } } });

const idOf = (record: string): string =>
  `/subscriptions/${controlPlane.connection.subscriptionId}/resourceGroups/fleet/providers/Microsoft.Kubernetes/connectedClusters/${record}`;
const ask = (record: string, method = "GET", body?: object) =>
  arm.call(`${idOf(record)}?api-version=2024-07-01-preview`, { method, ...(body === undefined ? {} : { body }) });
const monitor = (record: string, method: string, body?: object) =>
  arm.call(`${idOf(record)}/providers/Microsoft.KubernetesConfiguration/extensions/monitor?api-version=2023-05-01`, {
    method,
    ...(body === undefined ? {} : { body }),
  });
const Records = z.object({ value: z.array(z.object({ name: z.string(), location: z.string() })) });
/** What is there of this test's cluster: name and region. */
const records = async (): Promise<string[]> => {
  const list = `/subscriptions/${controlPlane.connection.subscriptionId}/providers/Microsoft.Kubernetes/connectedClusters?api-version=2024-07-01-preview`;
  return Records.parse((await arm.call(list)).json)
    .value.filter((record) => record.name === name() || record.name.startsWith(name("-")))
    .map((record) => `${record.name} in ${record.location}`)
    .sort();
};

describe("a record that moves to another region", () => {
  test(
    "is shown as a plan, made under a name of its own before the old one goes, and then at rest",
    async () => {
      await declare("northeurope");
      const preview = mustSucceed(await program.preview());
      expect(changesOf(preview)).toEqual([
        `${name()}: create-replacement`,
        `${name()}: delete-replaced`,
        `${name()}: replace`,
      ]);
      const replacement = preview.steps.find(({ op }) => op === "create-replacement");
      expect(Object.keys(replacement?.changes ?? {}).sort()).toEqual(["location", "movedFrom", "name"]);
      expect(preview.output).toContain(
        `moves from westeurope to northeurope: the record ${name("-northeurope-1")} is made`,
      );

      const order: string[] = [];
      const onEvent = ({ resourcePreEvent }: { resourcePreEvent?: { metadata: { op: string } } | undefined }) =>
        void (resourcePreEvent && order.push(resourcePreEvent.metadata.op));
      mustSucceed(await program.up({ onEvent }));
      expect(order.indexOf("create-replacement")).toBeLessThan(order.indexOf("delete-replaced"));
      expect(await records()).toEqual([`${name("-northeurope-1")} in northeurope`]);
      expect(changesOf(mustSucceed(await program.preview()))).toEqual([]);

      await declare("westeurope");
      mustSucceed(await program.up());
      expect(await records()).toEqual([`${name("-westeurope-2")} in westeurope`]);
    },
    minutes(5),
  );

  test(
    "keeps the old record until nothing is left behind in it, and can be taken back meanwhile",
    async () => {
      mustBe(201, await monitor(name(), "PUT", { properties: { extensionType: "microsoft.flux" } }));
      await declare("northeurope");
      const refused = await program.up();
      expect(refused.exitCode).not.toBe(0);
      expect(refused.diagnostics.join("\n")).toContain("extension 'monitor'");
      expect(await records()).toEqual([`${name("-northeurope-1")} in northeurope`, `${name()} in westeurope`].sort());

      await declare("westeurope");
      expect((await program.up()).diagnostics.join("\n")).toContain("extension 'monitor'");
      mustBe(202, await monitor(name(), "DELETE"));
      mustSucceed(await program.up());
      expect(await records()).toEqual([`${name("-westeurope-2")} in westeurope`]);
    },
    minutes(5),
  );

  describe("and whose run was killed after the new record was made", () => {
    beforeEach(async () => {
      // What that leaves: the record is there, and the state knows nothing of it.
      const properties = { agentPublicKeyCertificate: "", movedFrom: idOf(name()) };
      mustBe(201, await ask(name("-northeurope-1"), "PUT", { location: "northeurope", properties }));
    });

    test(
      "goes on with the next up",
      async () => {
        await declare("northeurope");
        mustSucceed(await program.up());
        expect(await records()).toEqual([`${name("-northeurope-1")} in northeurope`]);
      },
      minutes(3),
    );

    test(
      "is taken back by a refresh and an up with the old region",
      async () => {
        mustSucceed(await program.refresh());
        expect(changesOf(mustSucceed(await program.preview()))).toEqual([`${name()}: update`]);
        mustSucceed(await program.up());
        expect(await records()).toEqual([`${name()} in westeurope`]);
        expect(changesOf(mustSucceed(await program.preview()))).toEqual([]);
      },
      minutes(3),
    );

    test(
      "may go to a third region instead",
      async () => {
        await declare("francecentral");
        mustSucceed(await program.up());
        expect(await records()).toEqual([`${name("-francecentral-1")} in francecentral`]);
      },
      minutes(3),
    );
  });

  test(
    "whose name the program gives is deleted first, as ever",
    async () => {
      await declare("northeurope", { name: name() });
      const preview = mustSucceed(await program.preview());
      expect(preview.steps.map(({ op }) => op)).toContain("delete-replaced");
      mustSucceed(await program.up());
      expect(await records()).toEqual([`${name()} in northeurope`]);
    },
    minutes(3),
  );
});

function mustBe(status: number, answer: { status: number; text: string }): void {
  if (answer.status !== status) throw new Error(`answered ${answer.status}: ${answer.text}`);
}
