import type { ResourceKey } from "@arcfleet/contract";

/** What the contract suite needs to know of a type beyond its definition: one example of each kind of change. */
export interface Variation {
  /** Properties that differ from the definition's example by something a client may change. */
  readonly changed: Readonly<Record<string, unknown>>;
  /** A merge patch that the type allows, and what it must lead to. */
  readonly patch: Readonly<Record<string, unknown>>;
  /** For each fixed path another valid value than the example has. */
  readonly fixed: Readonly<Record<string, unknown>>;
  /** Properties that are each valid but disagree, or break a rule. */
  readonly invalid: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** One per registered type; the compiler asks for the entry of a new one. */
export const variations: Readonly<Record<ResourceKey, Variation>> = {
  connectedCluster: {
    changed: { distribution: "k3s" },
    patch: { distribution: "rke2" },
    fixed: {
      movedFrom:
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/other",
    },
    invalid: {
      "a key that is none": { agentPublicKeyCertificate: "bm90IGEga2V5" },
      "an unknown word": { privateLinkState: "Sometimes" },
    },
  },
  customLocation: {
    changed: { displayName: "The shop floor" },
    patch: { displayName: "Another floor" },
    fixed: {
      hostResourceId:
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/other",
      namespace: "elsewhere",
    },
    invalid: {
      "a host that is no cluster": { hostResourceId: "/subscriptions/s/resourceGroups/g" },
      "a namespace that is none": { namespace: "Not A Namespace" },
      "an extension of nobody": { clusterExtensionIds: ["/subscriptions/s"] },
    },
  },
  extension: {
    changed: { configurationSettings: { "logs.level": "debug" } },
    patch: { configurationSettings: { "logs.level": "warn" } },
    fixed: { extensionType: "Contoso.Other", scope: { cluster: { releaseNamespace: "elsewhere" } } },
    invalid: {
      "a pinned version that follows new ones": { version: "1.24.1", autoUpgradeMinorVersion: true },
      "two scopes": {
        scope: { cluster: { releaseNamespace: "a" }, namespace: { targetNamespace: "b" } },
      },
    },
  },
  extensionType: {
    changed: { description: "What the team runs everywhere" },
    patch: { scopes: ["cluster", "namespace"] },
    fixed: {},
    invalid: {
      "a chart that was not uploaded": { versions: { "1.0.0": { chartDigest: `sha256:${"0".repeat(64)}` } } },
      "a digest that is none": { versions: { "1.0.0": { chartDigest: "sha256:short" } } },
      "a version that is none": { versions: { latest: { chartDigest: `sha256:${"0".repeat(64)}` } } },
      "a version on no train": {
        versions: { "1.0.0": { chartDigest: `sha256:${"0".repeat(64)}`, releaseTrains: [] } },
      },
    },
  },
  sourceControlConfiguration: {
    changed: { operatorParams: "--git-branch=next" },
    patch: {},
    fixed: { operatorNamespace: "elsewhere", operatorInstanceName: "other", operatorScope: "namespace" },
    invalid: {
      "a flag that nobody knows": { operatorParams: "--git-brunch=main" },
      "a flag that is none": { operatorParams: "git-branch main" },
      "the Helm operator": { enableHelmOperator: true },
    },
  },
  fluxConfiguration: {
    changed: { suspend: true },
    patch: { kustomizations: { second: { path: "./second" } } },
    fixed: { scope: "namespace", namespace: "elsewhere" },
    invalid: {
      "a kind without its block": { sourceKind: "Bucket" },
      "two blocks": { bucket: { url: "https://example.com", bucketName: "b" } },
      "an interval below one second": {
        gitRepository: { url: "https://example.com/a.git", syncIntervalInSeconds: 0 },
      },
    },
  },
};
