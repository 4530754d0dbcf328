import { z } from "zod";
import { ArmError } from "../../arm/error.ts";
import { provisioningStates } from "../../arm/operation.ts";
import { namespaceName } from "../../kubernetes/namespace-name.ts";
import { optional, orElse } from "../../schema/nullish.ts";

const settings = orElse(z.record(z.string(), z.string()), {});

export const ExtensionScope = z.object({
  cluster: optional(z.object({ releaseNamespace: optional(namespaceName) })),
  namespace: optional(z.object({ targetNamespace: optional(namespaceName) })),
});

export const ExtensionProperties = z.object({
  /** The type in the catalogue, `microsoft.flux`; compared without regard to case. */
  extensionType: z.string().min(1).max(256),
  /** Follow new minor and patch versions of the train. Must be false when `version` is given. */
  autoUpgradeMinorVersion: optional(z.boolean()),
  /** `none` stays where it is, whatever `autoUpgradeMinorVersion` says. */
  autoUpgradeMode: orElse(z.enum(["none", "patch", "compatible"]), "compatible"),
  /** The train that versions are taken from. */
  releaseTrain: orElse(z.string(), "Stable"),
  /** Pins the version; absent means the newest of the train. */
  version: optional(z.string().min(1).max(64)),
  /** Cluster-wide (the default, in the type's own namespace) or in one namespace. Fixed at creation. */
  scope: optional(ExtensionScope),
  /** Helm values as flat dotted paths. */
  configurationSettings: settings,
  /** Helm values that are encrypted at rest, handed to the cluster only and never returned. */
  configurationProtectedSettings: settings,
});
export type ExtensionProperties = z.output<typeof ExtensionProperties>;

/** One line of an extension's history as the agent tells it. */
export const ExtensionStatus = z.object({
  code: z.string().nullish(),
  displayStatus: z.string().nullish(),
  level: z.enum(["Error", "Warning", "Information"]).nullish(),
  message: z.string().nullish(),
  time: z.string().nullish(),
});
export type ExtensionStatus = z.infer<typeof ExtensionStatus>;

/** What only older api-versions show. */
export const ExtensionShown = z.object({
  /** What `currentVersion` was called. */
  installedVersion: z.string().nullish(),
});

export const ExtensionOutput = z.object({
  provisioningState: z.enum(provisioningStates),
  currentVersion: z.string().nullish(),
  isSystemExtension: z.boolean().nullish(),
  packageUri: z.string().nullish(),
  customLocationSettings: z.record(z.string(), z.string()).nullish(),
  /** Of Azure's own clusters only: always null here. */
  aksAssignedIdentity: z.null().optional(),
  managementDetails: z
    .object({
      category: z.string().nullish(),
      accessDetails: z
        .array(z.object({ entity: z.string(), allowedActions: z.array(z.string()), description: z.string().nullish() }))
        .nullish(),
    })
    .nullish(),
  additionalDetails: z
    .object({
      docs: z.string().nullish(),
      releaseNotes: z.string().nullish(),
      troubleshootingGuide: z.string().nullish(),
    })
    .nullish(),
  extensionState: z.string().nullish(),
  errorInfo: ArmError.nullish(),
  statuses: z.array(ExtensionStatus).nullish(),
});
export type ExtensionOutput = z.infer<typeof ExtensionOutput>;
