import { z } from "zod";
import type { Properties } from "../../inputs/plain.ts";
import type { Hints } from "../../lifecycle/context.ts";
import type { CheckFailure } from "../../lifecycle/lifecycle.ts";

/**
 * Hints that programs of other languages give as inputs. `check` takes them away, so that they are in no state: the SDK passes the
 * same ones beside the inputs.
 */
export const hintInputs = z.object({
  adopt: z.boolean("must be true or false, and known from the beginning").optional(),
});

export interface TakenHints {
  readonly hints: Hints;
  readonly failures: readonly CheckFailure[];
  /** The other inputs. */
  readonly inputs: Properties;
}

export function takeHints(given: Properties): TakenHints {
  const { data, error } = hintInputs.safeParse(given);
  return {
    hints: data ?? {},
    failures: (error?.issues ?? []).map(({ path, message }) => ({
      property: path.map(String).join("."),
      reason: message,
    })),
    inputs: Object.fromEntries(Object.entries(given).filter(([key]) => !(key in hintInputs.shape))),
  };
}
