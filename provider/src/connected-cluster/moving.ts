import { type ArmResource, connectedCluster, resourceKey } from "@arcfleet/contract";
import type { Properties } from "../inputs/plain.ts";
import { kindOf } from "../kinds/index.ts";
import type { Preparation, Wanted } from "../kinds/resource-kind.ts";
import type { LifecycleContext } from "../lifecycle/context.ts";
import { parsePlace } from "./region-move.ts";

const deletionTimeoutMs = 5 * 60_000;

/** Adds to a preparation what a move needs: the record before this one, and the end of one that was begun and given up. */
export async function withMove(
  context: LifecycleContext,
  wanted: Wanted,
  preparation: Preparation,
): Promise<Preparation> {
  const movedFrom = movedFromId(context, wanted.inputs);
  const given =
    wanted.before === undefined && movedFrom !== undefined
      ? await otherSuccessor(context, movedFrom, wanted.id)
      : undefined;
  return {
    ...preparation,
    properties: { ...preparation.properties, ...(movedFrom === undefined ? {} : { movedFrom }) },
    async complete(written) {
      const completion = (await preparation.complete?.(written)) ?? { record: written };
      const abandoned = given ?? movedTo(completion.record);
      if (abandoned === undefined) return completion;
      await removeAbandoned(context, abandoned);
      const record = await context.client.get(wanted.id, connectedCluster.providerApiVersion, context.signal);
      return { ...completion, record: record ?? completion.record };
    },
  };
}

/** The id of the record that the inputs say this one is made from. */
function movedFromId({ settings }: LifecycleContext, { movedFrom }: Properties): string | undefined {
  if (typeof movedFrom !== "string") return undefined;
  return kindOf("connectedCluster").place.idOf(parsePlace(movedFrom), settings.subscriptionId);
}

const movedTo = ({ properties }: ArmResource): string | undefined =>
  typeof properties.movedTo === "string" ? properties.movedTo : undefined;

/** What an earlier move made from the same record: in no state, or this move would begin there. */
async function otherSuccessor(context: LifecycleContext, movedFrom: string, id: string): Promise<string | undefined> {
  const before = await context.client.get(movedFrom, connectedCluster.providerApiVersion, context.signal);
  const other = before && movedTo(before);
  return other !== undefined && resourceKey(other) !== resourceKey(id) ? other : undefined;
}

/** The record of a move that was stopped before it got into the state: nobody else would ever delete it. */
async function removeAbandoned(context: LifecycleContext, id: string): Promise<void> {
  context.say(`removing ${id}, which an interrupted move left`);
  const accepted = await context.client.delete(id, connectedCluster.providerApiVersion, context.signal);
  if (accepted?.operation === undefined) return;
  await context.client.poll(accepted.operation, { timeoutMs: deletionTimeoutMs, signal: context.signal });
}

/** Whether agents of another record may be taken over: that record and this one are of one cluster that moves. */
export const isOfSameMove = ({ id, inputs, before }: Wanted, other: ArmResource): boolean =>
  // Going forward the control plane refuses a key that is not of the same cluster.
  inputs.movedFrom !== undefined ||
  (before !== undefined &&
    typeof other.properties.movedFrom === "string" &&
    resourceKey(other.properties.movedFrom) === resourceKey(id));
