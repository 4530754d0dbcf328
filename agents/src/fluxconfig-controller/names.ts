/** Names and labels of what a FluxConfig becomes; the names are the original's where those are known. */
import type { FluxConfig } from "../custom-resources/flux-config.ts";

export const applierAccount = "flux-applier";

export const sourceName = (configuration: string): string => configuration;
export const kustomizationName = (configuration: string, kustomization: string): string =>
  `${configuration}-${kustomization}`;
export const authSecretName = (configuration: string): string => `${configuration}-auth`;
/** For the source's TLS, and for the keys of signatures. */
export const tlsSecretName = (configuration: string): string => `${configuration}-tls`;
export const verifySecretName = (configuration: string): string => `${configuration}-verify`;

/** Bindings are per configuration, so that one that goes takes its own rights along and nobody else's. */
export const roleBindingName = (configuration: string): string => `${configuration}-${applierAccount}`;
export const clusterRoleBindingName = (namespace: string, configuration: string): string =>
  `fluxconfig-${namespace}-${configuration}`;

export const ownerLabel = "clusterconfig.azure.com/fluxconfig";
export const ownerNamespaceLabel = "clusterconfig.azure.com/fluxconfig-namespace";

export const managedBy = "app.kubernetes.io/managed-by";
export const controller = "fluxconfig-controller";

export const labelsOf = (config: FluxConfig): Record<string, string> => ({
  [managedBy]: controller,
  [ownerLabel]: config.metadata.name,
});

/** Ordered removal is the finalizer's work; the reference catches what is left when the object is removed by force. */
export const ownedBy = (config: FluxConfig) => [
  {
    apiVersion: "clusterconfig.azure.com/v1alpha1",
    kind: "FluxConfig",
    name: config.metadata.name,
    uid: config.metadata.uid,
  },
];
