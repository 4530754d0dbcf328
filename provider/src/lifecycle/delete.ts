import type { Properties } from "../inputs/plain.ts";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import type { LifecycleContext } from "./context.ts";
import { migrateState } from "./state.ts";

/** A cluster may be slow to give up what its agents installed. */
const deletionTimeoutMs = 20 * 60_000;

/** Deletes a resource and waits until it is gone. What is not there is a success. */
export async function remove(
  kind: PreparedKind,
  context: LifecycleContext,
  id: string,
  state: Properties,
): Promise<void> {
  const before = migrateState(state);
  const hooks = await kind.loadHooks?.(before);
  await hooks?.beforeDelete?.(context, id, before);
  const accepted = await context.client.delete(id, kind.definition.providerApiVersion, context.signal);
  if (accepted?.operation !== undefined) {
    await context.client.poll(accepted.operation, {
      timeoutMs: deletionTimeoutMs,
      signal: context.signal,
      onProgress: (progress) => context.say(`${kind.definition.singular}: ${progress}`),
    });
  }
  await hooks?.afterDelete?.(context, id, before);
}
