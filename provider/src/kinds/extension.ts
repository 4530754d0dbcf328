import { extension } from "@arcfleet/contract";
import { z } from "zod";
import type { ResourceKind } from "./resource-kind.ts";

export const extensionKind: ResourceKind = {
  definition: extension,
  ownInputs: z.object({}),
  managedProperties: [],
  outputs: ["provisioningState", "currentVersion"],
  outputsWithoutRecord: { provisioningState: "Failed" },
  replacedBy: [],
  caseInsensitive: ["extensionType"],
  unfinished: (_inputs, { properties }) =>
    properties.provisioningState === "Succeeded"
      ? undefined
      : `provisioningState is ${properties.provisioningState ?? "unknown"}`,
  filledIn: ({ version }) => ({ autoUpgradeMinorVersion: version === undefined }),
  refine: (inputs) =>
    inputs.version !== undefined && inputs.autoUpgradeMinorVersion === true
      ? [{ property: "autoUpgradeMinorVersion", reason: "must be false (or left out) when `version` pins a version" }]
      : [],
};
