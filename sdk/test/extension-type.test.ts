import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { ExtensionType } from "@arcfleet/sdk";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { packVersions } from "../src/pack-versions.ts";

let registered: { readonly type: string; readonly inputs: Record<string, unknown> }[];
let chart: string;

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      registered.push({ type, inputs });
      return { id: `${name}-id`, state: inputs };
    },
    call: () => ({}),
  });
});
beforeEach(async () => {
  registered = [];
  chart = await mkdtemp(join(tmpdir(), "arcfleet-sdk-chart-"));
  await writeFile(join(chart, "Chart.yaml"), "apiVersion: v2\nname: podinfo\nversion: 1.0.0\n");
});
afterEach(() => rm(chart, { recursive: true, force: true }));

const resolved = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => void output.apply(resolve));
const digest = /^sha256:[0-9a-f]{64}$/;

describe("an extension type", () => {
  test("names its charts by what they hold; where they lie travels beside the inputs", async () => {
    const type = new ExtensionType("contoso.podinfo", {
      resourceGroup: "catalogue",
      versions: { "1.0.0": { chart: relative(process.cwd(), chart), releaseTrains: ["Preview"] } },
    });
    expect(await resolved(type.extensionType)).toBe("contoso.podinfo");
    await resolved(type.urn);
    expect(registered[0]).toMatchObject({
      type: "pulumi-nodejs:dynamic/arcfleet:ExtensionType",
      inputs: {
        name: "contoso.podinfo",
        resourceGroup: "catalogue",
        versions: { "1.0.0": { chartDigest: expect.stringMatching(digest), releaseTrains: ["Preview"] } },
        __hints: { charts: { "1.0.0": chart } },
      },
    });
  });
});

describe("packing versions", () => {
  test("refuses a chart of another version, naming both", async () => {
    await expect(packVersions({ "1.1.0": { chart } })).rejects.toThrow(
      `The chart in ${chart} is given as version 1.1.0, but its Chart.yaml says 1.0.0. Make them the same.`,
    );
  });

  test("takes the digest of a chart that is registered already, beside one that is packed", async () => {
    const kept = `sha256:${"0".repeat(64)}`;
    const packed = await packVersions({ "0.9.0": { chartDigest: kept, releaseTrains: ["Old"] }, "1.0.0": { chart } });
    expect(packed.versions["0.9.0"]).toEqual({ chartDigest: kept, releaseTrains: ["Old"] });
    expect(packed.paths).toEqual({ "1.0.0": chart });
    await expect(packVersions({ "1.0.0": {} })).rejects.toThrow(/^Version 1\.0\.0 has neither/);
  });

  test("says where it looked for a chart that is not there", async () => {
    await expect(packVersions({ "1.0.0": { chart: "/nowhere" } })).rejects.toThrow(
      "There is no chart at /nowhere: give the folder that holds its Chart.yaml, or a .tgz",
    );
  });
});
