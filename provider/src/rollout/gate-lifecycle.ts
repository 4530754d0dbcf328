import { isEqual, type Properties } from "../inputs/plain.ts";
import { schemaFailures } from "../inputs/schema-failures.ts";
import { containsUnknown } from "../inputs/unknown.ts";
import type { LifecycleContext } from "../lifecycle/context.ts";
import { HalfMadeError } from "../lifecycle/half-made.ts";
import type { Lifecycle } from "../lifecycle/lifecycle.ts";
import { stateVersion } from "../lifecycle/state.ts";
import { GateInputs, gateInputNames } from "./gate-inputs.ts";
import { idsOf } from "./member-ids.ts";
import { hasWork } from "./run.ts";

/**
 * The life of a gate between two rings. It is no record of the control plane: creating and updating it means to watch the ring
 * until it is healthy, and what the program makes wait for it begins only then.
 */
export const rolloutGateLifecycle: Lifecycle = {
  placeOf: ({ name }) => `rolloutGates/${String(name)}`.toLowerCase(),
  check: (inputs) => ({ inputs, failures: schemaFailures(GateInputs, inputs) }),
  diff(state, inputs) {
    const changed = gateInputNames.filter((key) => !isEqual(state[key], inputs[key]));
    return { changed, replaces: [], unfinished: reasonToLook(state, inputs), deleteBeforeReplace: false };
  },
  async create(context, inputs) {
    const id = `rolloutGates/${String(inputs.name)}`;
    return { id, state: await pass(context, id, inputs) };
  },
  read: async (_context, _id, state) => ({ state, inputs: inputsOf(state) }),
  update: (context, id, _state, inputs) => pass(context, id, inputs),
  async remove() {},
};

async function pass(context: LifecycleContext, id: string, inputs: Properties): Promise<Properties> {
  const { watchRing } = await import("./watch-ring.ts");
  try {
    const { unhealthy } = await watchRing(context, GateInputs.parse(inputs));
    return { stateVersion, ...inputs, unhealthy };
  } catch (error) {
    const unfinished = error instanceof Error ? error.message : String(error);
    throw new HalfMadeError(id, { stateVersion, ...inputs, unfinished }, error);
  }
}

/** A ring with work in this run is looked at even when its revision is the same: drift and secrets are not in a revision. */
function reasonToLook(state: Properties, inputs: Properties): string | undefined {
  if (typeof state.unfinished === "string") return state.unfinished;
  if (containsUnknown(inputs)) return undefined;
  const { members } = GateInputs.parse(inputs);
  const busy = Object.entries(members).filter(([, member]) => idsOf(member).some(hasWork));
  return busy.length === 0 ? undefined : `something changes on ${busy.map(([name]) => name).join(", ")}`;
}

const inputsOf = (state: Properties): Properties =>
  Object.fromEntries(gateInputNames.filter((key) => state[key] !== undefined).map((key) => [key, state[key]]));
