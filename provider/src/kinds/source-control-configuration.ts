import { sourceControlConfiguration } from "@arcfleet/contract";
import { z } from "zod";
import { notProvisioned } from "./provisioning.ts";
import type { ResourceKind } from "./resource-kind.ts";

export const sourceControlConfigurationKind: ResourceKind = {
  definition: sourceControlConfiguration,
  ownInputs: z.object({}),
  managedProperties: [],
  outputs: ["provisioningState", "repositoryPublicKey"],
  replacedBy: [],
  caseInsensitive: [],
  unfinished: (_inputs, record) => notProvisioned(record),
};
