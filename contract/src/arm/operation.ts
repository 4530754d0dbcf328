import { z } from "zod";
import { ArmError } from "./error.ts";

/** What a resource's `provisioningState` can be. Types use a subset; see their definitions. */
export const provisioningStates = [
  "Accepted",
  "Provisioning",
  "Creating",
  "Updating",
  "Deleting",
  "Succeeded",
  "Failed",
  "Canceled",
] as const;
export type ProvisioningState = (typeof provisioningStates)[number];

const terminal = new Set(["succeeded", "failed", "canceled"]);

/** True for a state that does not change by itself any more; any other string means "still running" to every client. */
export const isTerminal = (state: string): boolean => terminal.has(state.toLowerCase());

/** What an `Azure-AsyncOperation` URL answers. */
export const OperationStatus = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  startTime: z.string(),
  endTime: z.string().nullish(),
  resourceId: z.string().nullish(),
  properties: z.record(z.string(), z.unknown()).nullish(),
  error: ArmError.nullish(),
});
export type OperationStatus = z.infer<typeof OperationStatus>;
