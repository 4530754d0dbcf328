import { inputsOf } from "../inputs/normalize.ts";
import { type Properties, withoutUndefined } from "../inputs/plain.ts";
import { reconcileInputs } from "../inputs/reconcile.ts";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import type { LifecycleContext } from "./context.ts";
import type { ReadResult } from "./lifecycle.ts";
import { migrateState, toState } from "./state.ts";

/** Reads what really is there; undefined when it is gone. */
export async function read(
  kind: PreparedKind,
  context: LifecycleContext,
  id: string,
  state: Properties,
): Promise<ReadResult | undefined> {
  const before = migrateState(state);
  const record = await context.client.read(id, kind.definition.providerApiVersion, context.signal);
  if (record === undefined) return undefined;

  const known = { ...kind.place.inputsOf(id), ...inputsOf(kind, before) };
  const hooks = await kind.loadHooks?.(known);
  const found = (await hooks?.observe?.(context, id, before, record)) ?? {};
  const inputs = withoutUndefined({ ...reconcileInputs(kind, known, record), ...found.drift });
  const wasUnfinished = before.unfinished !== undefined;
  const unfinished = kind.unfinished(inputs, record, wasUnfinished);
  return { inputs, state: toState(kind, inputs, record, found.outputs, unfinished) };
}
