import { z } from "zod";
import { provisioningStates } from "../../arm/operation.ts";
import { defineType } from "../define-resource.ts";

/** The folder of resources that are managed, and deleted, together: `Microsoft.Resources/resourceGroups`. */
export const resourceGroup = defineType({
  namespace: "Microsoft.Resources",
  type: "resourceGroups",
  singular: "resource group",
  providerApiVersion: "2024-11-01",
  tracked: true,
  name: {
    pattern: /^[-\w.()]{0,89}[-\w()]$/,
    rule: "1 to 90 letters, digits, '.', '-', '_', '(' and ')', not ending with '.'",
  },
  properties: z.object({}),
  output: z.object({ provisioningState: z.enum(provisioningStates) }),
  createOnly: [],
  secrets: [],
  hasIdentity: false,
  example: { location: "westeurope", properties: {} },
});
