// What the examples that need a cloud hand to the provider; they cannot be run for real here.
import { mockFleet, sampleKubeconfig } from "@arcfleet/sdk/testing";
import { describe, expect, test } from "@jest/globals";

const example = (name: string): URL => new URL(`../../examples/${name}/index.ts`, import.meta.url);
const stack = "acme/clusters/production";

describe("a cluster of a cloud is attached by the example for", () => {
  const outputs = { clusterName: "production", endpoint: "10.1.2.3", certificateAuthority: "Q0E=" };

  test.each([
    ["eks", "aws", "10.1.2.3"],
    ["gke", "gke-gcloud-auth-plugin", "https://10.1.2.3"],
  ])("%s, through its credential program", async (name, command, server) => {
    const fleet = await mockFleet(example(name), { stackReferences: { [stack]: outputs } });
    expect(fleet.clusters.map(({ inputs }) => inputs.kubeconfig)).toMatchObject([
      {
        clusters: [{ cluster: { server, "certificate-authority-data": "Q0E=" } }],
        users: [{ user: { exec: { command } } }],
      },
    ]);
  });

  test("aks, with the kubeconfig that Azure gives out in base64", async () => {
    const text = sampleKubeconfig();
    const kubeconfig = Buffer.from(text).toString("base64");
    const fleet = await mockFleet(example("aks"), { stackReferences: { [stack]: { kubeconfig } } });
    expect(fleet.clusters.map(({ inputs }) => inputs.kubeconfig)).toEqual([text]);
  });

  test("kind, by the contexts of one file, which nobody reads before it is needed", async () => {
    const fleet = await mockFleet(example("kind"));
    expect(fleet.clusters.map(({ inputs }) => inputs.kubeconfig)).toEqual([
      { path: "~/.kube/config", context: "kind-east" },
      { path: "~/.kube/config", context: "kind-west" },
    ]);
  });
});

test("@pulumi/kubernetes gets the kubeconfig of the cluster, with its context alone", async () => {
  const given: unknown[] = [];
  await mockFleet(example("kubernetes-through-the-tunnel"), {
    mocks: {
      newResource: ({ type, name, inputs }) => {
        if (type === "pulumi:providers:kubernetes") given.push(inputs.kubeconfig);
        return { id: `${name}-id`, state: inputs };
      },
    },
  });
  expect(JSON.stringify(given)).toContain("current-context");
});
