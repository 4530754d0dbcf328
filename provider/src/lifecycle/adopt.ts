import { differencesFrom, type PropertyDifference } from "../inputs/differences.ts";
import type { Properties } from "../inputs/plain.ts";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import type { LifecycleContext } from "./context.ts";
import { toState } from "./state.ts";

/** What was to be taken over is not there, or is not what the program says. */
export class AdoptionError extends Error {
  override readonly name = "AdoptionError";
}

/**
 * Takes over what exists. Nothing is written anywhere: the state becomes what it would be, had this program made the resource. So
 * the program must say what is there; otherwise the first update would change what nobody looked at.
 */
export async function adopt(
  kind: PreparedKind,
  context: LifecycleContext,
  inputs: Properties,
): Promise<{ id: string; state: Properties }> {
  const { singular, providerApiVersion } = kind.definition;
  const id = kind.place.idOf(inputs, context.settings.subscriptionId);
  const record = await context.client.read(id, providerApiVersion, context.signal);
  if (record === undefined) {
    throw new AdoptionError(
      `There is no ${singular} ${id} to adopt. Correct its name and place, or drop \`adopt\` to create it.`,
    );
  }
  const hooks = await kind.loadHooks?.(inputs);
  const found = (await hooks?.adopt?.(context, { id, inputs }, record)) ?? {};
  const differences = [...(found.differences ?? []), ...differencesFrom(kind, inputs, record)];
  if (differences.length > 0) throw refusal(singular, id, differences);
  return {
    id: record.id,
    state: toState(kind, inputs, record, found.outputs, kind.unfinished(inputs, record, false)),
  };
}

const refusal = (singular: string, id: string, differences: readonly PropertyDifference[]): AdoptionError =>
  new AdoptionError(
    [
      `The ${singular} ${id} is not what the program says, so it was not adopted:`,
      ...differences.map(
        ({ path, wanted, found }) => `  ${path}: ${show(wanted)} in the program, ${show(found)} there`,
      ),
      "Write what is there into the program, adopt it, and change it with the next `pulumi up`; or drop `adopt`, and it is created and updated as always.",
    ].join("\n"),
  );

const longestShown = 200;

function show(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  const text = JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
