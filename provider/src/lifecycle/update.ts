import type { Properties } from "../inputs/plain.ts";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import type { LifecycleContext } from "./context.ts";
import { migrateState } from "./state.ts";
import { write } from "./write.ts";

/** Brings an existing resource to new inputs, or a half-made one to its end. */
export function update(
  kind: PreparedKind,
  context: LifecycleContext,
  id: string,
  state: Properties,
  inputs: Properties,
): Promise<Properties> {
  return write(kind, context, { id, inputs, before: migrateState(state) });
}
