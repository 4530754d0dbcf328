import { describe, expect, test } from "@jest/globals";
import { detectKubernetes, type NodeFacts } from "../src/kubernetes/detect.ts";

const labelled = (name: string): NodeFacts => ({ metadata: { labels: { [name]: "x" } } });
const provided = (providerID: string): NodeFacts => ({ metadata: {}, spec: { providerID } });

describe("detectKubernetes", () => {
  test.each<[string, NodeFacts[], string, string]>([
    ["no nodes", [], "generic", "generic"],
    ["a plain node", [{ metadata: {} }], "generic", "generic"],
    ["OpenShift on AWS", [labelled("node.openshift.io/os_id"), provided("aws:///eu/i-1")], "openshift", "aws"],
    ["GKE", [{ ...labelled("cloud.google.com/gke-nodepool"), spec: { providerID: "gce://p/z/n" } }], "gke", "gcp"],
    ["EKS", [{ ...labelled("eks.amazonaws.com/nodegroup"), spec: { providerID: "aws:///z/i" } }], "eks", "aws"],
    ["kind", [provided("kind://docker/kind/n")], "kind", "generic"],
    ["k3s", [provided("k3s://n")], "k3s", "generic"],
    ["an unknown provider", [provided("constructor://n")], "generic", "generic"],
    [
      "the earlier rule wins over the earlier node",
      [provided("kind://n"), labelled("minikube.k8s.io/version")],
      "minikube",
      "generic",
    ],
    [
      "k3s under a cloud provider",
      [{ metadata: {}, spec: { providerID: "azure:///n" }, status: { nodeInfo: { kubeletVersion: "v1.34.1+k3s1" } } }],
      "k3s",
      "azure",
    ],
  ])("%s", (_, nodes, distribution, infrastructure) => {
    expect(detectKubernetes(nodes)).toEqual({ distribution, infrastructure });
  });
});
