import { ArmError } from "@arcfleet/contract";
import { z } from "zod";
import { HttpRequestInfo } from "../activity/event.ts";
import { PlannedResource } from "./plan.ts";

/** How far one resource of a deployment is. */
export const DeploymentStep = z.object({
  /** The id of the step itself. */
  id: z.string(),
  resourceId: z.string(),
  state: z.enum(["Waiting", "Running", "Succeeded", "Failed", "LeftOut"]),
  /** The operation that the write began. */
  operationId: z.string().optional(),
  statusCode: z.string().optional(),
  error: ArmError.optional(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
});
export type DeploymentStep = z.infer<typeof DeploymentStep>;

export const DeploymentSteps = z.array(DeploymentStep);

/** What a running deployment needs to go on, here or in another process; sealed, because bodies hold secrets. */
export const SealedPlan = z.object({
  resources: z.array(PlannedResource),
  caller: z.object({
    principalId: z.string(),
    tenantId: z.string(),
    appId: z.string(),
    kind: z.enum(["Application", "ManagedIdentity", "User"]),
    name: z.string(),
    resourceId: z.string().optional(),
    groups: z.array(z.string()).optional(),
  }),
  http: HttpRequestInfo.optional(),
});
export type SealedPlan = z.infer<typeof SealedPlan>;

export const planContext = (key: string): string => `deployments/plan${key}`;
