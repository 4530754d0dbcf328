import { complianceStates, crdGroups, sourceKinds } from "@arcfleet/contract";
import { z } from "zod";
import { defineKind } from "../runtime/kube/kube-kind.ts";
import { Condition } from "./condition.ts";

/** Fluxconfig-controller's: the object stays until its Flux objects are gone, in order. */
export const fluxConfigFinalizer = "fluxconfig-controller.clusterconfig.azure.com/objects";

const LocalRef = z.object({ name: z.string() });
const timing = { syncInterval: z.string(), timeout: z.string() };

const GitRepository = z.object({
  url: z.string(),
  ref: z.object({
    branch: z.string().optional(),
    tag: z.string().optional(),
    semver: z.string().optional(),
    commit: z.string().optional(),
  }),
  ...timing,
  /** Base64, as it came. */
  sshKnownHosts: z.string().optional(),
  httpsUser: z.string().optional(),
  /** Base64, as it came. */
  httpsCACert: z.string().optional(),
  localAuthRef: LocalRef.optional(),
  provider: z.enum(["azure", "generic", "github"]).optional(),
});

const Bucket = z.object({
  url: z.string(),
  name: z.string(),
  insecure: z.boolean(),
  ...timing,
  accessKey: z.string().optional(),
  localAuthRef: LocalRef.optional(),
});

const AzureBlob = z.object({
  url: z.string(),
  containerName: z.string(),
  ...timing,
  localAuthRef: LocalRef.optional(),
  managedIdentityClientId: z.string().optional(),
  /** Its secrets are with the other protected parameters. */
  servicePrincipal: z
    .object({
      clientId: z.string().optional(),
      tenantId: z.string().optional(),
      clientCertificateSendChain: z.boolean().optional(),
    })
    .optional(),
});

const OciRepository = z.object({
  url: z.string(),
  insecure: z.boolean(),
  ref: z.object({ tag: z.string().optional(), semver: z.string().optional(), digest: z.string().optional() }),
  ...timing,
  localAuthRef: LocalRef.optional(),
  serviceAccountName: z.string().optional(),
  layerSelector: z
    .object({ mediaType: z.string().optional(), operation: z.enum(["extract", "copy"]).optional() })
    .optional(),
  verify: z
    .object({
      provider: z.enum(["cosign", "notation"]),
      /** Base64, as it came, by file name. */
      verificationConfig: z.record(z.string(), z.string()).optional(),
      matchOidcIdentity: z.array(z.object({ issuer: z.string(), subject: z.string() })).optional(),
    })
    .optional(),
  useWorkloadIdentity: z.boolean().optional(),
});

export const FluxConfigKustomization = z.object({
  name: z.string(),
  path: z.string(),
  dependsOn: z.array(z.string()).default([]),
  ...timing,
  retryInterval: z.string().optional(),
  prune: z.boolean(),
  force: z.boolean(),
  wait: z.boolean(),
  postBuild: z
    .object({
      substitute: z.record(z.string(), z.string()).optional(),
      substituteFrom: z
        .array(z.object({ kind: z.enum(["ConfigMap", "Secret"]), name: z.string(), optional: z.boolean().optional() }))
        .optional(),
    })
    .optional(),
});
export type FluxConfigKustomization = z.output<typeof FluxConfigKustomization>;

export const FluxConfigSpec = z.object({
  correlationId: z.string().optional(),
  /** The generation of the control plane's desired state that this is: it makes a changed Secret a changed spec, too. */
  desiredGeneration: z.int(),
  scope: z.enum(["cluster", "namespace"]),
  sourceKind: z.enum(sourceKinds),
  suspend: z.boolean().default(false),
  gitRepository: GitRepository.optional(),
  bucket: Bucket.optional(),
  azureBlob: AzureBlob.optional(),
  ociRepository: OciRepository.optional(),
  kustomizations: z.array(FluxConfigKustomization).default([]),
  protectedParametersSecretRef: LocalRef.optional(),
  /** Provisioning ends only when the first reconciliation of this generation did, or when the wait ran out. */
  waitForReconciliation: z.boolean().default(false),
  reconciliationWaitDuration: z.string().optional(),
});
export type FluxConfigSpec = z.output<typeof FluxConfigSpec>;

/** One Flux object as the controller last saw it. */
export const ManagedStatus = z.object({
  kind: z.string(),
  name: z.string(),
  namespace: z.string(),
  complianceState: z.enum(complianceStates),
  message: z.string().optional(),
  conditions: z.array(Condition).default([]),
  /** The Kustomization whose inventory names it; absent for what the configuration itself made. */
  appliedBy: z.object({ name: z.string(), namespace: z.string() }).optional(),
  helmReleaseProperties: z.record(z.string(), z.unknown()).optional(),
});
export type ManagedStatus = z.output<typeof ManagedStatus>;

export const FluxConfigStatus = z.object({
  observedGeneration: z.int(),
  /** `spec.desiredGeneration` that the status speaks of. */
  desiredGeneration: z.int(),
  provisioningState: z.enum(["Creating", "Updating", "Succeeded", "Failed", "Deleting"]),
  complianceState: z.enum(complianceStates),
  message: z.string().optional(),
  /** When the Flux objects of `observedGeneration` were written. */
  lastConfigUpdateTime: z.string().optional(),
  lastSourceSyncedTime: z.string().optional(),
  /** `branch/sha`. */
  lastSyncedCommit: z.string().optional(),
  repositoryPublicKey: z.string().optional(),
  managedStatuses: z.array(ManagedStatus).default([]),
});
export type FluxConfigStatus = z.output<typeof FluxConfigStatus>;

/** One Flux configuration as it should be on this cluster. */
export const fluxConfigs = defineKind(
  {
    apiVersion: `${crdGroups.fluxConfig.group}/${crdGroups.fluxConfig.version}`,
    kind: "FluxConfig",
    plural: "fluxconfigs",
    isNamespaced: true,
  },
  { spec: FluxConfigSpec, status: FluxConfigStatus.optional() },
);
export type FluxConfig = z.output<typeof fluxConfigs.schema>;
