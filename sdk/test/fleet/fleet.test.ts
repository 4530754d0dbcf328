import { Fleet } from "@arcfleet/sdk";
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

let registered: Registered[];

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      registered.push({ type: type.replace("pulumi-nodejs:dynamic/arcfleet:", ""), name, inputs });
      const found = { connectivityStatus: "Connected", provisioningState: "Succeeded", complianceState: "Compliant" };
      return { id: `${name}-id`, state: { ...inputs, ...found } };
    },
    call: () => ({}),
  });
});

beforeEach(() => {
  registered = [];
});

const resolved = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => void output.apply(resolve));

const canary = { tags: { ring: "canary" } };
const args = {
  defaults: { location: "westeurope", resourceGroup: "shops", agents: { install: false } },
  clusters: { east: canary, west: {}, north: {} },
  extensions: {
    flux: { extensionType: "microsoft.flux" },
    gpu: { extensionType: "x.gpu", where: { names: ["west"] } },
  },
  configurations: { apps: { extension: "flux", gitRepository: { url: "https://example.com/a.git" } } },
} as const;
const rings = [{ name: "canary", where: canary }, { name: "rest" }];

const names = (): string[] => registered.map(({ type, name }) => `${type} ${name}`).sort();
const inputsOf = (name: string, type: string) =>
  registered.find((one) => one.name === name && one.type === type)?.inputs ?? {};

describe("a fleet", () => {
  test("declares each part once per cluster, under names made of the keys alone", async () => {
    const fleet = new Fleet("prod", args);
    await resolved(fleet.status);
    expect(names()).toEqual([
      "ConnectedCluster prod-east",
      "ConnectedCluster prod-north",
      "ConnectedCluster prod-west",
      "Extension prod-east-flux",
      "Extension prod-north-flux",
      "Extension prod-west-flux",
      "Extension prod-west-gpu",
      "FluxConfiguration prod-east-apps",
      "FluxConfiguration prod-north-apps",
      "FluxConfiguration prod-west-apps",
      "arcfleet:index:Fleet prod",
    ]);
    expect(inputsOf("prod-west-gpu", "Extension")).toMatchObject({ name: "gpu", cluster: "prod-west-id" });
  });

  test("gives its parts by the keys of its arguments", async () => {
    const fleet = new Fleet("prod", args);
    expect(await resolved(fleet.clusters.east.name)).toBe("east");
    expect(Object.keys(fleet.extensions.gpu)).toEqual(["west"]);
    expect(await resolved(fleet.configurations.apps.north?.name ?? pulumi.output("none"))).toBe("apps");
    expect((await resolved(fleet.status)).west).toEqual({
      connectivity: "Connected",
      kubernetes: undefined,
      agents: undefined,
      extensions: { flux: "Succeeded", gpu: "Succeeded" },
      configurations: { apps: "Compliant" },
    });
  });

  test("without rings has neither gates nor tolerance", async () => {
    const fleet = new Fleet("prod", args);
    await resolved(fleet.status);
    expect(fleet.gates).toEqual({});
    expect(inputsOf("prod-east-flux", "Extension").__hints).toEqual({ urn: expect.stringContaining("prod-east-flux") });
  });

  test("with rings tells the provider which failures the gate judges", async () => {
    const fleet = new Fleet("prod", { ...args, rings });
    await Promise.all(Object.values(fleet.gates).map(({ urn }) => resolved(urn)));
    expect(inputsOf("prod-east-apps", "FluxConfiguration").__hints).toMatchObject({
      rollout: { needs: ["prod-east-id", "prod-east-flux-id"] },
    });
    expect(inputsOf("prod-canary", "RolloutGate")).toMatchObject({
      ring: "canary",
      members: { east: { cluster: "prod-east-id", extensions: ["flux"], configurations: ["apps"] } },
      __hints: { waiting: [{ ring: "rest", clusters: 2 }] },
    });
  });

  test("has a revision per cluster that a change elsewhere leaves alone", async () => {
    const revisionsOf = async (clusters: Record<string, { tags?: Record<string, string> }>) => {
      const fleet = new Fleet("prod", { ...args, clusters, rings } as never);
      await Promise.all(Object.values(fleet.gates).map(({ urn }) => resolved(urn)));
      const revisions = registered.filter(({ type }) => type === "RolloutGate").map(({ inputs }) => inputs.revision);
      registered = [];
      return Object.assign({}, ...revisions) as Record<string, string>;
    };
    const before = await revisionsOf(args.clusters);
    const after = await revisionsOf({ east: canary, middle: {}, west: { tags: { site: "paris" } }, north: {} });
    expect(Object.keys(after).sort()).toEqual(["east", "middle", "north", "west"]);
    expect(after).toMatchObject({ east: before.east, north: before.north });
    expect(after.west).not.toBe(before.west);
  });

  test("refuses a configuration on a cluster that its extension is not for", () => {
    const apps = { ...args.configurations.apps, extension: "gpu" } as const;
    expect(() => new Fleet("prod", { ...args, configurations: { apps } })).toThrow(
      /configuration apps .* needs the extension gpu, which is not for the cluster east/,
    );
  });
});
