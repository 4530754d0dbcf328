import type { Properties } from "../inputs/plain.ts";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import { adopt } from "./adopt.ts";
import type { LifecycleContext } from "./context.ts";
import { write } from "./write.ts";

/** Creates a resource, or takes over the one that exists. Safe to repeat after an interruption. */
export async function create(
  kind: PreparedKind,
  context: LifecycleContext,
  inputs: Properties,
): Promise<{ id: string; state: Properties }> {
  if (context.hints.adopt) return adopt(kind, context, inputs);
  const id = kind.place.idOf(inputs, context.settings.subscriptionId);
  return { id, state: await write(kind, context, { id, inputs }) };
}
