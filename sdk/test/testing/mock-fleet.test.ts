import {
  ConnectedCluster,
  type ConnectedClusterArgs,
  Extension,
  FluxConfiguration,
  readKubeconfig,
} from "@arcfleet/sdk";
import { mockFleet, notKnownYet, ProgramError, sampleKubeconfig, value } from "@arcfleet/sdk/testing";
import { describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";

const example = new URL("../../../examples/fleet/index.ts", import.meta.url);
const config = { kubeconfigs: ["./east.kubeconfig", "./west.kubeconfig"], gitUrl: "https://git.example.com/fleet.git" };

const east = (args: Partial<ConnectedClusterArgs> = {}) =>
  new ConnectedCluster("east", {
    resourceGroup: "fleet",
    location: "westeurope",
    kubeconfig: readKubeconfig("./east.kubeconfig"),
    ...args,
  });

const problemOf = (program: () => unknown, options = {}) =>
  mockFleet(program, options).then(
    () => "none",
    (error: unknown) => (error instanceof ProgramError ? error.message : error),
  );

describe("a program that is run by its URL", () => {
  test("gets the name and the defaults of its project, and what the test says", async () => {
    const fleet = await mockFleet(example, { config });
    expect(fleet.clusters.map(({ name }) => name)).toEqual(["east", "west"]);
    expect(fleet.find("east").inputs.location).toBe("westeurope");
    expect(fleet.find("east-apps").inputs.gitRepository).toMatchObject({ url: config.gitUrl });
  });

  test("can be run again with other settings", async () => {
    const fleet = await mockFleet(example, { config: { ...config, location: "northeurope" } });
    expect(fleet.clusters.map(({ inputs }) => inputs.location)).toEqual(["northeurope", "northeurope"]);
  });

  test("exports plain values", async () => {
    const { exports } = await mockFleet(example, { config, outputs: { west: { connectivityStatus: "Offline" } } });
    expect(exports.clusters).toMatchObject([
      { name: "east", connectivity: "Connected", flux: "Succeeded", compliance: "Compliant" },
      { name: "west", connectivity: "Offline" },
    ]);
  });

  test("needs a value for each setting without a default", async () => {
    await expect(mockFleet(example)).rejects.toThrow("missing values for fleet:kubeconfigs, fleet:gitUrl");
  });
});

describe("what was declared", () => {
  test("has the ids that the provider would choose", async () => {
    const fleet = await mockFleet(() => new Extension("flux", { cluster: east(), extensionType: "microsoft.flux" }));
    const scope = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/fleet/providers/";
    expect(fleet.resources.map(({ id }) => id)).toEqual([
      `${scope}Microsoft.Kubernetes/connectedClusters/east`,
      `${scope}Microsoft.Kubernetes/connectedClusters/east/providers/Microsoft.KubernetesConfiguration/extensions/flux`,
    ]);
  });

  test("knows parents and dependencies, in components too", async () => {
    class Site extends pulumi.ComponentResource {
      constructor(name: string) {
        super("acme:index:Site", name);
        const cluster = new ConnectedCluster(
          name,
          { resourceGroup: "fleet", location: "x", agents: { install: false } },
          { parent: this, protect: true },
        );
        const flux = new Extension("flux", { cluster, extensionType: "microsoft.flux" }, { parent: this });
        new FluxConfiguration(
          "apps",
          { cluster, extension: flux, bucket: { url: "https://x", bucketName: "b" } },
          { parent: this },
        );
        this.registerOutputs();
      }
    }
    const fleet = await mockFleet(() => new Site("berlin"));
    const site = fleet.find("berlin", "acme:index:Site");
    expect(fleet.resources.map(({ parent }) => parent)).toEqual([undefined, site, site, site]);
    expect(fleet.find("berlin", "connectedCluster").options.protect).toBe(true);
    expect(fleet.find("apps").dependencies.map(({ name }) => name)).toEqual(expect.arrayContaining(["berlin", "flux"]));
    expect(fleet.find("berlin", "connectedCluster").outputs.connectivityStatus).toBe("AgentNotInstalled");
  });

  test("includes what callbacks of outputs declare", async () => {
    const fleet = await mockFleet(() => {
      east().id.apply((id) =>
        east().id.apply(() => new pulumi.ComponentResource("acme:index:Late", `after-${id.length}`)),
      );
      return {};
    }).catch((error: unknown) => error);
    // The name is taken twice on purpose: the second registration must be seen, however late it comes.
    expect(fleet).toMatchObject({ message: "two resources have the same URN: connectedCluster 'east'" });
  });

  test("says which inputs are secret, and programs get secrets as secrets", async () => {
    let kept: Promise<boolean> | undefined;
    const fleet = await mockFleet(() => {
      const flux = new Extension("flux", {
        cluster: east(),
        extensionType: "microsoft.flux",
        configurationSettings: { token: pulumi.secret("t") },
      });
      kept = pulumi.isSecret(pulumi.output(Reflect.get(flux, "configurationSettings")));
    });
    expect(fleet.find("east").secrets).toEqual(["kubeconfig"]);
    expect(fleet.find("east").inputs.kubeconfig).toBe(sampleKubeconfig("https://-east-kubeconfig.example.com:6443"));
    expect(fleet.find("flux").secrets).toEqual(["configurationSettings"]);
    expect(fleet.find("flux").outputs.configurationSettings).toEqual({ token: "t" });
    expect(await kept).toBe(true);
  });

  test("includes what is only looked up", async () => {
    const id = "/subscriptions/s/resourceGroups/fleet/providers/Microsoft.Kubernetes/connectedClusters/north";
    const fleet = await mockFleet(() => {
      const { name, connectivityStatus } = ConnectedCluster.get("found", id);
      return { name, connectivityStatus };
    });
    expect(fleet.find("found")).toMatchObject({ id, isRead: true });
    expect(fleet.exports).toEqual({ name: "north", connectivityStatus: "Connected" });
  });

  test("is not found by a name that is not there, and the message lists those that are", async () => {
    const fleet = await mockFleet(() => east());
    expect(() => fleet.find("west")).toThrow("no resource named west; it declares east (connectedCluster)");
  });
});

describe("a wrong program", () => {
  test("fails with the words of the provider's check, for all resources at once", async () => {
    const message = await problemOf(() => {
      const cluster = east({ name: "no spaces", kubeconfig: undefined });
      new Extension("flux", { cluster, extensionType: "" });
    });
    expect(message).toContain("connectedCluster 'east': property name has a problem: a connected cluster is named by");
    expect(message).toContain("extension 'flux': property extensionType has a problem");
  });

  test("fails with what it throws", async () => {
    await expect(mockFleet(() => new pulumi.Config().require("missing"))).rejects.toThrow("project:missing");
  });

  test("and a test that answers for a resource that does not exist are told", async () => {
    expect(await problemOf(() => east(), { outputs: { eats: {} } })).toContain("'eats'");
  });

  test("that declares nothing, because its module ran before, is told how to run it again", async () => {
    expect(await problemOf(() => ({}))).toContain("import.meta.url");
  });

  test("must not be run beside another", async () => {
    const first = mockFleet(() => east());
    await expect(mockFleet(() => east())).rejects.toThrow("one program at a time");
    await first;
  });
});

describe("a preview", () => {
  const declare = () => {
    const cluster = east();
    new Extension("flux", { cluster, extensionType: "microsoft.flux" });
    return { id: cluster.id, location: cluster.location, status: cluster.connectivityStatus };
  };

  test("knows inputs, and neither ids nor what only the service tells", async () => {
    const fleet = await mockFleet(declare, { preview: true });
    expect(fleet.exports).toEqual({ id: notKnownYet, location: "westeurope", status: notKnownYet });
    expect(fleet.find("flux").inputs).toEqual({
      cluster: notKnownYet,
      extensionType: "microsoft.flux",
      name: "flux",
    });
  });

  test("still checks what it knows", async () => {
    expect(await problemOf(() => east({ name: "no spaces" }), { preview: true })).toContain("property name");
  });
});

describe("other providers", () => {
  const bucket = () => new (class extends pulumi.CustomResource {})("acme:index:Bucket", "logs", { size: 3 });

  test("answer with inputs and an id unless the test answers for them", async () => {
    const plain = await mockFleet(bucket);
    expect(plain.find("logs")).toMatchObject({ id: "logs-id", kind: undefined, outputs: { size: 3 } });
    const own = await mockFleet(bucket, { mocks: { newResource: () => ({ id: "b-1", state: { size: 4 } }) } });
    expect(own.find("logs")).toMatchObject({ id: "b-1", outputs: { size: 4 } });
  });

  test("are asked for functions, and a function that nobody answers is a problem", async () => {
    const ask = async () => {
      bucket();
      return { zones: await pulumi.runtime.invoke("acme:index:zones", {}) };
    };
    const fleet = await mockFleet(ask, { mocks: { call: () => ({ names: ["a"] }) } });
    expect(fleet.exports).toEqual({ zones: { names: ["a"] } });
    expect(await problemOf(ask)).toContain("acme:index:zones");
  });

  test("in other stacks are read through stack references", async () => {
    const read = () => {
      bucket();
      return { kubeconfig: new pulumi.StackReference("acme/eks/prod").requireOutput("kubeconfig") };
    };
    const stackReferences = { "acme/eks/prod": { kubeconfig: "text" } };
    expect((await mockFleet(read, { stackReferences })).exports).toEqual({ kubeconfig: "text" });
    expect(await problemOf(() => void new pulumi.StackReference("acme/eks/prod"))).toContain("stackReferences");
  });
});

test("a value that is not known is no value to compare with", async () => {
  expect(await value(Promise.resolve(1))).toBe(1);
  expect(await value({ a: pulumi.secret("s") })).toEqual({ a: "s" });
  const ids: pulumi.Output<string>[] = [];
  await mockFleet(() => void ids.push(east().id), { preview: true });
  await expect(value(ids)).rejects.toThrow("not known in a preview");
});
