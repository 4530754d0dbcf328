import { normalizeInput } from "../inputs/normalize.ts";
import { isEqual, type Properties } from "../inputs/plain.ts";
import { kindOf } from "../kinds/index.ts";

/** Inputs that the agents on the cluster must hear of; a changed tag concerns the record alone. */
export const concernsAgents = ["kubeconfig", "context", "agents", "arcAgentProfile", "distribution", "infrastructure"];

/** Those of them that differ from what was there before. What was detected rather than given is no input. */
export function changesForAgents(before: Properties, inputs: Properties): readonly string[] {
  const kind = kindOf("connectedCluster");
  const detected = Array.isArray(before.detected) ? before.detected : [];
  return concernsAgents.filter((key) => {
    const old = detected.includes(key) ? undefined : before[key];
    return !isEqual(normalizeInput(kind, key, old), normalizeInput(kind, key, inputs[key]));
  });
}
