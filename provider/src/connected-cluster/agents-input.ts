import { z } from "zod";
import { isPlainObject, type Properties } from "../inputs/plain.ts";

/** How the agents get onto the cluster. Nothing of this travels to the control plane. */
export const AgentsInput = z.strictObject({
  /** False leaves the agents out: the record alone, for a cluster that someone else attaches. */
  install: z.boolean().optional(),
  /** The train that the chart is taken from. */
  releaseTrain: z.string().min(1).optional(),
  /** Helm values on top of those that the control plane prescribes. */
  values: z.record(z.string(), z.unknown()).optional(),
  /** How long attaching may take. */
  timeoutSeconds: z.int().min(10).max(7200).optional(),
});
export type AgentsInput = z.output<typeof AgentsInput>;

/** A cluster has agents unless they are left out on purpose. */
export const wantsAgents = (inputs: Properties): boolean =>
  !isPlainObject(inputs.agents) || inputs.agents.install !== false;

/** A cluster that was adopted by someone without credentials for it: its record is ours, its agents are out of reach. */
export const isWithoutAccess = (inputs: Properties): boolean => wantsAgents(inputs) && inputs.kubeconfig === undefined;
