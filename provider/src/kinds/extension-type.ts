import { extensionType } from "@arcfleet/contract";
import { z } from "zod";
import type { ResourceKind } from "./resource-kind.ts";

export const extensionTypeKind: ResourceKind = {
  definition: extensionType,
  ownInputs: z.object({}),
  managedProperties: [],
  outputs: ["provisioningState"],
  replacedBy: [],
  caseInsensitive: [],
  unfinished: (_inputs, { properties }) =>
    properties.provisioningState === "Succeeded"
      ? undefined
      : `provisioningState is ${properties.provisioningState ?? "unknown"}`,
  loadHooks: async () => (await import("../extension-type/hooks.ts")).extensionTypeHooks,
};
