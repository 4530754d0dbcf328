import { fluxConfiguration, sourceControlConfiguration } from "@arcfleet/contract";
import { oneNameWith } from "./one-name.ts";
import type { ResourceHooks } from "./resource-hooks.ts";

const pending = { complianceState: "Pending", lastConfigApplied: null, message: "", messageLevel: "Information" };

const hooks: ResourceHooks = {
  beforeSave: oneNameWith(sourceControlConfiguration, fluxConfiguration),
  outputAfterWrite: (output) => ({ ...output, complianceStatus: pending }),
  present: () => ({ complianceStatus: pending, repositoryPublicKey: null }),
};

export const sourceControlConfigurationHooks = { definition: sourceControlConfiguration, hooks };
