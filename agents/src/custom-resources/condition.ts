import { z } from "zod";

/** A condition in the status of a Kubernetes object. */
export const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTransitionTime: z.string().optional(),
  observedGeneration: z.int().optional(),
});
export type Condition = z.output<typeof Condition>;
