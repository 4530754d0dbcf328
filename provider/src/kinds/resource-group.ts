import { formatResourceId, nameOf, parseResourceId, resourceGroup } from "@arcfleet/contract";
import { z } from "zod";
import { nameInput, type Place } from "./place.ts";
import { notProvisioned } from "./provisioning.ts";
import type { ResourceKind } from "./resource-kind.ts";

/** A group is named directly below the subscription. */
const place: Place = {
  inputs: { name: nameInput(resourceGroup) },
  idOf: ({ name }, subscriptionId) => formatResourceId({ subscriptionId, resourceGroup: String(name), segments: [] }),
  inputsOf: (id) => ({ name: nameOf(parseResourceId(id)) }),
};

export const resourceGroupKind: ResourceKind = {
  definition: resourceGroup,
  place,
  ownInputs: z.object({}),
  managedProperties: [],
  outputs: ["provisioningState"],
  replacedBy: [],
  caseInsensitive: [],
  unfinished: (_inputs, record) => notProvisioned(record),
  loadHooks: async () => (await import("../resource-group/hooks.ts")).resourceGroupHooks,
};
