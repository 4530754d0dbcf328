import { z } from "zod";

const names = z.array(z.string().min(1)).default([]);

/** A cluster of the ring, with what the program declares on it. */
const Member = z.strictObject({ cluster: z.string().min(1), extensions: names, configurations: names });
export type Member = z.output<typeof Member>;

/** What a gate is declared with. */
export const GateInputs = z
  .strictObject({
    name: z.string().min(1),
    /** What people call the ring; default: the name of the gate. */
    ring: z.string().min(1).optional(),
    /** By the names that the summary uses. */
    members: z.record(z.string(), Member),
    /** How long a cluster has to be healthy without a break. */
    healthyForSeconds: z.int().min(0).max(86_400).default(60),
    /** So many clusters may be unhealthy at the end. */
    maxFailures: z.int().min(0).default(0),
    /** How long the ring has for all that. */
    timeoutSeconds: z.int().min(1).max(172_800).default(900),
    /** Per cluster a digest of what the program declares for it: another one is a reason to look again. */
    revision: z.record(z.string(), z.string()).default({}),
  })
  .refine((gate) => gate.timeoutSeconds > gate.healthyForSeconds, {
    path: ["timeoutSeconds"],
    error: "must be longer than healthyForSeconds: the ring would never pass",
  });
export type GateInputs = z.output<typeof GateInputs>;

export const gateInputNames = Object.keys(GateInputs.shape);
