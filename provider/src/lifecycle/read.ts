import type { ArmResource } from "@arcfleet/contract";
import { ArmRequestError } from "../arm-client/error.ts";
import { inputsOfRecord } from "../inputs/inputs-of-record.ts";
import { inputsOf } from "../inputs/normalize.ts";
import { type Properties, withoutUndefined } from "../inputs/plain.ts";
import { reconcileInputs } from "../inputs/reconcile.ts";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import type { LifecycleContext } from "./context.ts";
import type { ReadResult } from "./lifecycle.ts";
import { migrateState, toState } from "./state.ts";

/** The engine takes "nothing there" for an answer when a program looks something up: the program would go on with nothing. */
const notThere = ({ definition }: PreparedKind, id: string): ArmRequestError =>
  new ArmRequestError(`There is no ${definition.singular} ${id}.`, {
    code: "ResourceNotFound",
    hint: "Check the id given to `get`, and that this is the right control plane.",
  });

/**
 * The state of a resource of which only the id was known tells everything that the record says. Nobody's program has inputs for it,
 * so what no program would have to write counts as found out by the service. Secrets are blanked by the service, so they are left out.
 */
function withWholeRecord(kind: PreparedKind, state: Properties, { properties }: ArmResource): Properties {
  const added = kind.properties.filter(
    (key) => !(key in state || kind.shape.secrets.includes(key)) && (properties[key] ?? undefined) !== undefined,
  );
  const detected = Array.isArray(state.detected) ? state.detected : [];
  return {
    ...state,
    ...Object.fromEntries(added.map((key) => [key, properties[key]])),
    detected: [...detected, ...added],
  };
}

/**
 * Reads what really is there; undefined when it is gone.
 * @param state empty for a resource that is looked up or imported: nothing but its id is known
 */
export async function read(
  kind: PreparedKind,
  context: LifecycleContext,
  id: string,
  state: Properties,
): Promise<ReadResult | undefined> {
  const before = migrateState(state);
  const record = await context.client.read(id, kind.definition.providerApiVersion, context.signal);
  const isLookup = before.stateVersion === undefined;
  if (record === undefined) {
    if (isLookup) throw notThere(kind, id);
    return undefined;
  }

  const known = {
    ...kind.place.inputsOf(id),
    ...(isLookup ? inputsOfRecord(kind, record) : {}),
    ...inputsOf(kind, before),
  };
  const hooks = await kind.loadHooks?.(known);
  const found = (await hooks?.observe?.(context, id, before, record)) ?? {};
  const inputs = withoutUndefined({ ...reconcileInputs(kind, known, record), ...found.drift });
  const wasUnfinished = before.unfinished !== undefined;
  const unfinished = kind.unfinished(inputs, record, wasUnfinished);
  const now = toState(kind, inputs, record, found.outputs, unfinished);
  return { inputs, state: isLookup ? withWholeRecord(kind, now, record) : now };
}
