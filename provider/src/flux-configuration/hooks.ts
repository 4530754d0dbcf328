import { setTimeout as sleep } from "node:timers/promises";
import { type ArmResource, FluxConfigurationOutput, fluxConfiguration } from "@arcfleet/contract";
import type { Properties } from "../inputs/plain.ts";
import type { Hooks } from "../kinds/resource-kind.ts";
import type { LifecycleContext } from "../lifecycle/context.ts";
import { explainCompliance } from "./explain-compliance.ts";
import { waitsForCompliance } from "./waits-for-compliance.ts";

const defaultTimeoutSeconds = 600;
const intervalMs = 1000;

/** A configuration whose objects exist is not done: it is done when the cluster complies with it. */
export const fluxConfigurationHooks: Hooks = {
  async prepare(context, { id, inputs }) {
    if (!waitsForCompliance(inputs)) return {};
    return { complete: async () => ({ record: await waitForCompliance(context, id, inputs) }) };
  },
};

async function waitForCompliance(context: LifecycleContext, id: string, inputs: Properties): Promise<ArmResource> {
  const seconds = inputs.complianceTimeoutSeconds;
  const timeoutSeconds = typeof seconds === "number" ? seconds : defaultTimeoutSeconds;
  const deadline = Date.now() + timeoutSeconds * 1000;
  while (true) {
    const record = await context.client.get(id, fluxConfiguration.providerApiVersion, context.signal);
    if (record === undefined) throw new Error(`${id} was removed by someone else while it was being applied`);
    const found = FluxConfigurationOutput.parse(record.properties);
    if (found.complianceState === "Compliant") return record;
    const reason = explainCompliance(found);
    if (Date.now() + intervalMs > deadline) {
      throw new Error(
        `The cluster does not comply with ${String(inputs.name)} after ${timeoutSeconds} s: complianceState is ${found.complianceState}. ${reason}`,
      );
    }
    context.say(`${found.complianceState}${reason === "" ? "" : `: ${reason}`}`);
    await sleep(intervalMs, undefined, { signal: context.signal });
  }
}
