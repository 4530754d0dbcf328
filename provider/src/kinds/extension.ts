import { extension } from "@arcfleet/contract";
import { z } from "zod";
import { notProvisioned } from "./provisioning.ts";
import type { ResourceKind } from "./resource-kind.ts";

export const extensionKind: ResourceKind = {
  definition: extension,
  ownInputs: z.object({}),
  managedProperties: [],
  outputs: ["provisioningState", "currentVersion"],
  outputsWithoutRecord: { provisioningState: "Failed" },
  replacedBy: [],
  caseInsensitive: ["extensionType"],
  unfinished: (_inputs, record) => notProvisioned(record),
  filledIn: ({ version }) => ({ autoUpgradeMinorVersion: version === undefined }),
  refine: (inputs) =>
    inputs.version !== undefined && inputs.autoUpgradeMinorVersion === true
      ? [{ property: "autoUpgradeMinorVersion", reason: "must be false (or left out) when `version` pins a version" }]
      : [],
};
