import { ConnectedCluster, Extension, FluxConfiguration, Provider, readKubeconfig } from "@arcfleet/sdk";
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
    newResource: ({ type, name, inputs, id }) => {
      registered.push({ type, name, inputs });
      return { id: id || `${name}-id`, state: { ...inputs, connectivityStatus: "Connected" } };
    },
    call: () => ({}),
  });
});

beforeEach(() => {
  registered = [];
});

const resolved = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => void output.apply(resolve));

const cluster = (name: string) =>
  new ConnectedCluster(name, { resourceGroup: "fleet", location: "westeurope", kubeconfig: "private text" });

describe("the resource classes", () => {
  test("a cluster is named after its Pulumi resource unless told otherwise", async () => {
    await resolved(cluster("east").urn);
    await resolved(
      new ConnectedCluster("west", { resourceGroup: "fleet", location: "x", name: "other", agents: { install: false } })
        .urn,
    );
    expect(registered.map(({ inputs }) => inputs.name)).toEqual(["east", "other"]);
  });

  test("outputs of the service can be read", async () => {
    expect(await resolved(cluster("read").connectivityStatus)).toBe("Connected");
  });

  test("a kubeconfig is a secret whatever it was given as", async () => {
    const made = cluster("secret");
    await resolved(made.urn);
    // On its way to the engine a secret is wrapped; this is the wrapper's mark.
    expect(registered[0]?.inputs.kubeconfig).toMatchObject({
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      value: "private text",
    });
  });

  test("a record alone carries no more than it needs: they come in thousands", async () => {
    await resolved(new ConnectedCluster("bare", { resourceGroup: "g", location: "x", agents: { install: false } }).urn);
    expect(Object.keys(registered[0]?.inputs ?? {}).sort()).toEqual([
      // Taken away again by the provider: a name of our own choosing has to be told from one that the program gives.
      "__hints",
      "__provider",
      "agents",
      "location",
      "name",
      "resourceGroup",
    ]);
  });

  test("children point at the id of their cluster", async () => {
    const extension = new Extension("flux", { cluster: cluster("parent"), extensionType: "microsoft.flux" });
    await resolved(extension.urn);
    expect(registered.at(-1)).toMatchObject({
      type: "pulumi-nodejs:dynamic/arcfleet:Extension",
      inputs: { name: "flux", cluster: "parent-id", extensionType: "microsoft.flux" },
    });
  });

  test("the kind of the source follows from the block that is given", async () => {
    const made = new FluxConfiguration("apps", { cluster: cluster("c"), bucket: { url: "http://x", bucketName: "b" } });
    await resolved(made.urn);
    expect(registered.at(-1)?.inputs).toMatchObject({ sourceKind: "Bucket", cluster: "c-id" });
  });

  test("a cluster that another program manages is looked up by its id", async () => {
    const found = ConnectedCluster.get("found", "/subscriptions/s/x");
    expect(await resolved(found.id)).toBe("/subscriptions/s/x");
  });

  test("a kubeconfig is handed on as one text, and a secret", async () => {
    const kubeconfig = {
      clusters: [{ name: "c", cluster: { server: "https://10.0.0.1" } }],
      users: [{ name: "u", user: { token: "t" } }],
      contexts: [{ name: "one", context: { cluster: "c", user: "u" } }],
    };
    const made = new ConnectedCluster("on", { resourceGroup: "g", location: "x", kubeconfig, context: "one" });
    expect(await pulumi.isSecret(made.kubeconfig)).toBe(true);
    expect(JSON.parse(await resolved(made.kubeconfig))).toMatchObject({ ...kubeconfig, "current-context": "one" });
  });

  test("a cluster without a kubeconfig hands none on: k8s.Provider would use that of whoever runs Pulumi", () => {
    const bare = new ConnectedCluster("none", { resourceGroup: "g", location: "x", agents: { install: false } });
    expect(() => bare.kubeconfig).toThrow(/'none' has no kubeconfig to hand on.*tunnel/s);
    expect(() => ConnectedCluster.get("seen", "/subscriptions/s/x").kubeconfig).toThrow(/has no kubeconfig/);
    expect(Object.keys(bare)).not.toContain("kubeconfig");
  });

  test("a provider needs to know its subscription", async () => {
    await expect(
      resolved(new Provider("eu", { subscriptionId: "s", endpoint: "https://x" }).urn),
    ).resolves.toBeDefined();
    expect(registered.find(({ name }) => name === "eu")).toMatchObject({
      type: "pulumi:providers:pulumi-nodejs",
      inputs: { subscriptionId: "s", endpoint: "https://x" },
    });
    expect(() => new Provider("us", { endpoint: "https://x" })).toThrow(/Provider us needs .* `subscriptionId`/);
  });

  test("a kubeconfig file that is not there is named", () => {
    expect(() => readKubeconfig("/nowhere/kubeconfig")).toThrow(/\/nowhere\/kubeconfig cannot be read/);
  });
});
