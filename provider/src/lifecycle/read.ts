import type { ArmResource } from "@arcfleet/contract";
import { ArmRequestError } from "../arm-client/error.ts";
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
 * What a record says, for a resource that is looked up by its id alone: nobody's program has inputs for it. Secrets are blanked
 * by the service, so they are left out.
 */
function propertiesOf(kind: PreparedKind, { properties }: ArmResource): Properties {
  const secrets = new Set(kind.definition.secrets.map((path) => path.split(".")[0]));
  return Object.fromEntries(
    kind.properties
      .filter((key) => !secrets.has(key) && properties[key] !== undefined && properties[key] !== null)
      .map((key) => [key, properties[key]]),
  );
}

/** Reads what really is there; undefined when it is gone. */
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
    ...(isLookup ? propertiesOf(kind, record) : {}),
    ...inputsOf(kind, before),
  };
  const hooks = await kind.loadHooks?.(known);
  const found = (await hooks?.observe?.(context, id, before, record)) ?? {};
  const inputs = withoutUndefined({ ...reconcileInputs(kind, known, record), ...found.drift });
  const wasUnfinished = before.unfinished !== undefined;
  const unfinished = kind.unfinished(inputs, record, wasUnfinished);
  return { inputs, state: toState(kind, inputs, record, found.outputs, unfinished) };
}
