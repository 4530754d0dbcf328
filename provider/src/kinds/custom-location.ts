import { customLocation } from "@arcfleet/contract";
import { z } from "zod";
import { notProvisioned } from "./provisioning.ts";
import type { ResourceKind } from "./resource-kind.ts";

export const customLocationKind: ResourceKind = {
  definition: customLocation,
  ownInputs: z.object({}),
  managedProperties: [],
  outputs: ["provisioningState"],
  replacedBy: [],
  caseInsensitive: ["hostResourceId"],
  unfinished: (_inputs, record) => notProvisioned(record),
};
