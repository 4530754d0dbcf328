import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
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

beforeAll(async () => {
  folder = await tempFolder("move");
  controlPlane = await spawnControlPlane();
  arm = await armCaller(controlPlane.connection);
  program = await specFleet({
    stateFolder: join(folder.path, "pulumi"),
    stack: "move",
    connectionFile: join(controlPlane.dataDir, "connection.json"),
  });
}, minutes(2));

afterAll(async () => {
  await controlPlane?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
}, minutes(1));

/** One record for each thing that can happen, so that one run of the engine does for all of them. */
const home = {
  plain: "westeurope",
  held: "westeurope",
  resumed: "westeurope",
  regretted: "westeurope",
  redirected: "westeurope",
  named: "westeurope",
};
const declare = (locations: Partial<typeof home>) =>
  program.declare({
    clusters: Object.fromEntries(
      Object.entries({ ...home, ...locations }).map(([key, location]) => [
        key,
        { location, agents: { install: false }, ...(key === "named" ? { name: "named" } : {}) },
      ]),
    ),
  });
const away = {
  plain: "northeurope",
  held: "northeurope",
  resumed: "northeurope",
  redirected: "francecentral",
  named: "northeurope",
};

const subscription = (): string => `/subscriptions/${controlPlane.connection.subscriptionId}`;
const idOf = (record: string): string =>
  `${subscription()}/resourceGroups/fleet/providers/Microsoft.Kubernetes/connectedClusters/${record}`;
const monitor = (method: string, body?: object) =>
  arm.call(`${idOf("held")}/providers/Microsoft.KubernetesConfiguration/extensions/monitor?api-version=2023-05-01`, {
    method,
    ...(body === undefined ? {} : { body }),
  });
const Records = z.object({ value: z.array(z.object({ name: z.string(), location: z.string() })) });
/** The records that there are of a cluster: name and region. */
const recordsOf = async (key: string): Promise<string[]> => {
  const list = `${subscription()}/providers/Microsoft.Kubernetes/connectedClusters?api-version=2024-07-01-preview`;
  return Records.parse((await arm.call(list)).json)
    .value.filter(({ name }) => name === key || name.startsWith(`${key}-`))
    .map(({ name, location }) => `${name} in ${location}`)
    .sort();
};

/** What a run leaves that was killed after it made the new record: the record is there, and the state knows nothing of it. */
async function leaveInterruptedMove(key: string): Promise<void> {
  const properties = { agentPublicKeyCertificate: "", movedFrom: idOf(key) };
  const path = `${idOf(`${key}-northeurope-1`)}?api-version=2024-07-01-preview`;
  mustBe(201, await arm.call(path, { method: "PUT", body: { location: "northeurope", properties } }));
}

describe("records that move to other regions", () => {
  test(
    "are shown as a plan: the new one first, under a name of its own, and then the old one goes",
    async () => {
      await declare({});
      mustSucceed(await program.up());
      mustBe(201, await monitor("PUT", { properties: { extensionType: "microsoft.flux" } }));
      for (const key of ["resumed", "regretted", "redirected"]) await leaveInterruptedMove(key);

      await declare(away);
      const preview = mustSucceed(await program.preview());
      const stepsOf = (key: string) => preview.steps.filter(({ name }) => name === key);
      expect(stepsOf("plain").map(({ op }) => op)).toEqual(["create-replacement", "replace", "delete-replaced"]);
      expect(Object.keys(stepsOf("plain")[0]?.changes ?? {}).sort()).toEqual(["location", "movedFrom", "name"]);
      expect(stepsOf("named").map(({ op }) => op)[0]).toBe("delete-replaced");
      expect(stepsOf("regretted").map(({ op }) => op)).toEqual(["same"]);
      expect(preview.output).toContain(
        "moves from westeurope to northeurope: the record plain-northeurope-1 is made first",
      );
    },
    minutes(4),
  );

  test(
    "have moved after one run, whatever earlier ones left; what still holds something stays, and says what",
    async () => {
      const result = await program.up({ args: ["--continue-on-error"] });
      expect(result.exitCode).not.toBe(0);
      expect(result.diagnostics.join("\n")).toContain("MoveIncomplete");
      expect(result.diagnostics.join("\n")).toContain("extension 'monitor'");
      expect(await recordsOf("plain")).toEqual(["plain-northeurope-1 in northeurope"]);
      expect(await recordsOf("resumed")).toEqual(["resumed-northeurope-1 in northeurope"]);
      expect(await recordsOf("redirected")).toEqual(["redirected-francecentral-1 in francecentral"]);
      expect(await recordsOf("named")).toEqual(["named in northeurope"]);
      expect(await recordsOf("held")).toEqual(["held in westeurope", "held-northeurope-1 in northeurope"]);
    },
    minutes(3),
  );

  test(
    "are taken back by an up with the old region, after a refresh where the state knows nothing of the move",
    async () => {
      expect(await recordsOf("regretted")).toEqual([
        "regretted in westeurope",
        "regretted-northeurope-1 in northeurope",
      ]);
      mustSucceed(await program.refresh());
      const { plain: _plain, held: _held, ...stay } = away;
      await declare(stay);
      const result = await program.up({ args: ["--continue-on-error"] });
      expect(changesOf(result)).toContain("regretted: update");
      expect(await recordsOf("regretted")).toEqual(["regretted in westeurope"]);
      expect(await recordsOf("plain")).toEqual(["plain-westeurope-2 in westeurope"]);
      // The first one still holds the extension; the second one held nothing.
      expect(result.diagnostics.join("\n")).toContain("extension 'monitor'");
      expect(await recordsOf("held")).toEqual(["held in westeurope", "held-westeurope-2 in westeurope"]);

      mustBe(202, await monitor("DELETE"));
      mustSucceed(await program.up());
      expect(await recordsOf("held")).toEqual(["held-westeurope-2 in westeurope"]);
      expect(changesOf(mustSucceed(await program.preview()))).toEqual([]);
    },
    minutes(5),
  );
});

function mustBe(status: number, answer: { status: number; text: string }): void {
  if (answer.status !== status) throw new Error(`answered ${answer.status}: ${answer.text}`);
}
