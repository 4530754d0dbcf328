import { type ArmResource, formatResourceId, isTerminal, parseResourceId } from "@arcfleet/contract";
import { type Accepted, isConflictWithExisting } from "../arm-client/arm-client.ts";
import { ensureResourceGroup } from "../arm-client/ensure-resource-group.ts";
import { ArmRequestError } from "../arm-client/error.ts";
import { type Properties, withoutUndefined } from "../inputs/plain.ts";
import type { Hooks, Preparation, PreparedKind, Wanted } from "../kinds/resource-kind.ts";
import type { LifecycleContext } from "./context.ts";
import { HalfMadeError } from "./half-made.ts";
import { toState } from "./state.ts";

/** A record's operation may wait for a chart to be installed on a slow link. */
const operationTimeoutMs = 30 * 60_000;

/**
 * Writes a resource and sees it through: the part that create and update have in common. A PUT with an id of our own choosing can
 * be repeated, so what an interrupted run left is simply written again. Once the PUT was accepted every failure is a
 * {@link HalfMadeError}: the resource exists and must not be lost from the state.
 */
export async function write(kind: PreparedKind, context: LifecycleContext, wanted: Wanted): Promise<Properties> {
  const hooks = await kind.loadHooks?.(wanted.inputs, wanted.before);
  const preparation: Preparation = (await hooks?.prepare?.(context, wanted)) ?? {};
  const accepted = await put(kind, context, wanted, preparation, hooks?.mayTakeOver);

  let record = accepted.resource;
  let outputs = preparation.outputs ?? {};
  try {
    record = await settle(kind, context, wanted.id, accepted);
    const completion = await preparation.complete?.(record);
    record = completion?.record ?? record;
    outputs = { ...outputs, ...completion?.outputs };
    const unfinished = kind.unfinished(wanted.inputs, record, true);
    if (unfinished !== undefined) throw new Error(`${wanted.id}: ${unfinished}`);
  } catch (caught) {
    // A timer that was stopped says no more than that; the signal says why.
    const wasStopped = caught instanceof Error && caught.name === "AbortError";
    const error: unknown = wasStopped ? context.signal.reason : caught;
    const now =
      (await context.client.get(wanted.id, kind.definition.providerApiVersion).catch(() => undefined)) ?? record;
    const reason = error instanceof Error ? error.message : String(error);
    throw new HalfMadeError(wanted.id, toState(kind, wanted.inputs, now, outputs, reason), error);
  }
  return toState(kind, wanted.inputs, record, outputs);
}

async function put(
  kind: PreparedKind,
  context: LifecycleContext,
  wanted: Wanted,
  preparation: Preparation,
  mayTakeOver: Hooks["mayTakeOver"],
): Promise<Accepted> {
  const body = bodyOf(kind, wanted.inputs, preparation.properties ?? {});
  const { providerApiVersion, singular } = kind.definition;
  const send = () =>
    context.client.put(wanted.id, providerApiVersion, body, {
      signal: context.signal,
      ...(preparation.mustBeNew ? { ifNoneMatch: "*" } : {}),
    });
  try {
    return await send().catch(async (error: unknown) => {
      if (!(error instanceof ArmRequestError) || error.code !== "ResourceGroupNotFound") throw error;
      const { subscriptionId, resourceGroup } = parseResourceId(wanted.id);
      // What has no location says none for a group either.
      if (!kind.definition.tracked || resourceGroup === undefined) throw error;
      const groupId = formatResourceId({ subscriptionId, resourceGroup, segments: [] });
      await ensureResourceGroup(context.client, groupId, String(wanted.inputs.location));
      return send();
    });
  } catch (error) {
    if (isConflictWithExisting(error) && mayTakeOver !== undefined) {
      const existing = await context.client.get(wanted.id, providerApiVersion, context.signal);
      if (existing !== undefined && mayTakeOver(existing))
        return context.client.put(wanted.id, providerApiVersion, body);
    }
    await preparation.undo?.();
    if (!isConflictWithExisting(error)) throw error;
    throw new ArmRequestError(`A ${singular} with the id ${wanted.id} exists already and belongs to something else.`, {
      code: "NameTaken",
      hint: "Choose another name, or delete that one first.",
    });
  }
}

/** The body of a PUT: a full replacement, so every property is there with its default. */
export function bodyOf(kind: PreparedKind, inputs: Properties, added: Properties): object {
  const given = Object.fromEntries(kind.properties.map((key) => [key, inputs[key]]));
  const { definition } = kind;
  return {
    ...(definition.tracked ? { location: inputs.location, tags: inputs.tags ?? {} } : {}),
    ...(definition.hasIdentity ? { identity: { type: "SystemAssigned" } } : {}),
    properties: withoutUndefined(definition.properties.parse({ ...given, ...added })),
  };
}

/** Waits for the record's own operation. Most are done when the PUT is answered: then nothing more is asked. */
async function settle(
  kind: PreparedKind,
  context: LifecycleContext,
  id: string,
  accepted: Accepted,
): Promise<ArmResource> {
  const state = accepted.resource.properties.provisioningState;
  if (accepted.operation === undefined || state === undefined || isTerminal(state)) return accepted.resource;
  await context.client.poll(accepted.operation, {
    timeoutMs: operationTimeoutMs,
    signal: context.signal,
    onProgress: (progress) => context.say(`${kind.definition.singular}: ${progress}`),
  });
  const record = await context.client.get(id, kind.definition.providerApiVersion, context.signal);
  if (record === undefined) throw new Error(`${id} was removed by someone else while it was being written`);
  return record;
}
