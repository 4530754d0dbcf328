import { z } from "zod";
import { provisioningStates } from "../../arm/operation.ts";
import { namespaceName } from "../../kubernetes/namespace-name.ts";
import { optional, orElse } from "../../schema/nullish.ts";

export const CustomLocationProperties = z.object({
  /** What stands behind the location: there is but one kind. */
  hostType: orElse(z.enum(["Kubernetes"]), "Kubernetes"),
  /** The id of the connected cluster, which must exist. Fixed at creation. */
  hostResourceId: z.string().min(1).max(2048),
  /** The namespace of the cluster that the location stands for; one location has it. Fixed at creation. */
  namespace: namespaceName,
  /** The ids of extensions of that cluster which offer something at this location. */
  clusterExtensionIds: orElse(z.array(z.string().min(1).max(2048)).max(100), []),
  /** What people see. */
  displayName: optional(z.string().max(256)),
});
export type CustomLocationProperties = z.output<typeof CustomLocationProperties>;

export const CustomLocationOutput = z.object({
  provisioningState: z.enum(provisioningStates),
});
export type CustomLocationOutput = z.infer<typeof CustomLocationOutput>;
