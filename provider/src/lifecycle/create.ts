import type { Properties } from "../inputs/plain.ts";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import type { LifecycleContext } from "./context.ts";
import { write } from "./write.ts";

/** Creates a resource. Safe to repeat after an interruption. */
export async function create(
  kind: PreparedKind,
  context: LifecycleContext,
  inputs: Properties,
): Promise<{ id: string; state: Properties }> {
  const id = kind.place.idOf(inputs, context.settings.subscriptionId);
  return { id, state: await write(kind, context, { id, inputs }) };
}
