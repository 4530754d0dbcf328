/** Names inside clusters. They are the original's, because existing tools look for them. */
export const agentNames = {
  releaseName: "azure-arc",
  releaseNamespace: "azure-arc-release",
  namespace: "azure-arc",
  chart: "azure-arc-k8sagents",
  clusterConfigMap: "azure-clusterconfig",
  onboardingKeySecret: "azure-arc-connect-privatekey",
  onboardingKeyField: "privateKey",
  identityCertificateSecret: "azure-identity-certificate",
  tokenField: "cluster-identity-token",
  /** Where config-agent writes the newest known generation for the other agents of the cluster. */
  desiredStateConfigMap: "arc-desired-state",
  metadataObject: "clustermetadata",
} as const;

/** Custom resource groups. */
export const crdGroups = {
  arc: { group: "arc.azure.com", version: "v1beta1" },
  clusterConfig: { group: "clusterconfig.azure.com", version: "v1beta1" },
  fluxConfig: { group: "clusterconfig.azure.com", version: "v1alpha1" },
} as const;
