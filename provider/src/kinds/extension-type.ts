import { extensionType } from "@arcfleet/contract";
import { z } from "zod";
import { notProvisioned } from "./provisioning.ts";
import type { ResourceKind } from "./resource-kind.ts";

export const extensionTypeKind: ResourceKind = {
  definition: extensionType,
  ownInputs: z.object({}),
  managedProperties: [],
  outputs: ["provisioningState"],
  replacedBy: [],
  caseInsensitive: [],
  unfinished: (_inputs, record) => notProvisioned(record),
  loadHooks: async () => (await import("../extension-type/hooks.ts")).extensionTypeHooks,
};
