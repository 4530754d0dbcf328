import { crdGroups } from "@arcfleet/contract";
import { z } from "zod";
import { defineKind } from "../runtime/kube/kube-kind.ts";

/** Extension-manager's: the object stays until the Helm release is gone. */
export const extensionFinalizer = "extension-manager.clusterconfig.azure.com/release";

export const ExtensionConfigSpec = z.object({
  extensionType: z.string(),
  version: z.string(),
  releaseTrain: z.string(),
  autoUpgradeMinorVersion: z.boolean(),
  isNamespaced: z.boolean(),
  chart: z.object({ url: z.string(), version: z.string(), digest: z.string() }),
  /** Helm values as flat dotted paths. */
  parameter: z.record(z.string(), z.string()).default({}),
  /** A Secret beside the object, whose keys are further Helm values. Absent: there are none. */
  protectedParametersSecretRef: z.object({ name: z.string() }).optional(),
  correlationId: z.string().optional(),
  /** The generation of the control plane's desired state that this is: it makes a changed Secret a changed spec, too. */
  desiredGeneration: z.int(),
});
export type ExtensionConfigSpec = z.output<typeof ExtensionConfigSpec>;

export const extensionStates = ["Pending", "Installed", "Failed", "Deleting"] as const;
export type ExtensionState = (typeof extensionStates)[number];

export const ExtensionConfigStatus = z.object({
  status: z.enum(extensionStates),
  message: z.string().default(""),
  /** Tells failures apart: `ExtensionCreationFailed`, `ChartPullFailed`, … */
  reason: z.string().optional(),
  /** `metadata.generation` that the status speaks of. */
  observedGeneration: z.int(),
  /** `spec.desiredGeneration` that the status speaks of. */
  desiredGeneration: z.int(),
  /** The chart version that runs; absent while none was ever installed. */
  currentVersion: z.string().optional(),
  releaseRevision: z.int().optional(),
  lastTransitionTime: z.string(),
});
export type ExtensionConfigStatus = z.output<typeof ExtensionConfigStatus>;

/** One extension as it should be on this cluster; in the release namespace, under the extension's name. */
export const extensionConfigs = defineKind(
  {
    apiVersion: `${crdGroups.clusterConfig.group}/${crdGroups.clusterConfig.version}`,
    kind: "ExtensionConfig",
    plural: "extensionconfigs",
    isNamespaced: true,
  },
  { spec: ExtensionConfigSpec, status: ExtensionConfigStatus.optional() },
);
export type ExtensionConfig = z.output<typeof extensionConfigs.schema>;
