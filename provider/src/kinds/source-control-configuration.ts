import { sourceControlConfiguration } from "@arcfleet/contract";
import { z } from "zod";
import type { ResourceKind } from "./resource-kind.ts";

export const sourceControlConfigurationKind: ResourceKind = {
  definition: sourceControlConfiguration,
  ownInputs: z.object({}),
  managedProperties: [],
  outputs: ["provisioningState", "repositoryPublicKey"],
  replacedBy: [],
  caseInsensitive: [],
  unfinished: (_inputs, { properties }) =>
    properties.provisioningState === "Succeeded"
      ? undefined
      : `provisioningState is ${properties.provisioningState ?? "unknown"}`,
};
