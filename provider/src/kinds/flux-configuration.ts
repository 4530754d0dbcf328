import { fluxConfiguration, type SourceKind, sourceBlockOf } from "@arcfleet/contract";
import { z } from "zod";
import { waitsForCompliance } from "../flux-configuration/waits-for-compliance.ts";
import { isPlainObject, type Properties } from "../inputs/plain.ts";
import { notProvisioned } from "./provisioning.ts";
import type { ResourceKind } from "./resource-kind.ts";

const isSourceKind = (value: unknown): value is SourceKind => typeof value === "string" && value in sourceBlockOf;

export const fluxConfigurationKind: ResourceKind = {
  definition: fluxConfiguration,
  ownInputs: z.object({
    waitForCompliance: z.boolean().optional(),
    complianceTimeoutSeconds: z.int().min(5).max(7200).optional(),
  }),
  managedProperties: [],
  outputs: ["provisioningState", "complianceState", "sourceSyncedCommitId", "errorMessage", "repositoryPublicKey"],
  outputsWithoutRecord: { provisioningState: "Failed", complianceState: "Unknown" },
  replacedBy: [],
  caseInsensitive: [],
  unfinished(inputs, record, wasUnfinished) {
    const reason = notProvisioned(record);
    if (reason !== undefined) return reason;
    const { complianceState } = record.properties;
    // A configuration that complied once and broke with a later commit is news, but no work for the provider.
    if (!wasUnfinished || !waitsForCompliance(inputs) || complianceState === "Compliant") return undefined;
    return `complianceState is ${String(complianceState)}`;
  },
  refine(inputs) {
    const kind = inputs.sourceKind;
    const given = Object.values(sourceBlockOf).filter((block) => inputs[block] !== undefined);
    if (isSourceKind(kind) && given.length === 1 && given[0] === sourceBlockOf[kind])
      return unknownDependencies(inputs);
    const blocks = Object.values(sourceBlockOf).join(", ");
    return [
      { property: "sourceKind", reason: `exactly one of ${blocks} must be given; found ${given.join(", ") || "none"}` },
    ];
  },
  loadHooks: async () => (await import("../flux-configuration/hooks.ts")).fluxConfigurationHooks,
};

/** A kustomization that waits for one which does not exist would wait for ever. */
function unknownDependencies(inputs: Properties) {
  const kustomizations = isPlainObject(inputs.kustomizations) ? inputs.kustomizations : {};
  return Object.entries(kustomizations).flatMap(([name, value]) => {
    const dependsOn = isPlainObject(value) && Array.isArray(value.dependsOn) ? value.dependsOn : [];
    return dependsOn
      .filter((other) => typeof other === "string" && !(other in kustomizations))
      .map((other) => ({
        property: `kustomizations.${name}.dependsOn`,
        reason: `there is no kustomization '${String(other)}' in this configuration`,
      }));
  });
}
