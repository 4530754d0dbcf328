import type { Properties } from "../inputs/plain.ts";
import { schemaFailures } from "../inputs/schema-failures.ts";
import { containsUnknown } from "../inputs/unknown.ts";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import type { Hints } from "./context.ts";
import type { CheckFailure } from "./lifecycle.ts";

/**
 * Finds what is wrong with inputs before anything happens. Pure. Values that only the update will tell are taken as fine, and
 * inputs stay as they were written: defaults belong to the contract and must not show up as changes when they change there.
 */
export function check(
  kind: PreparedKind,
  inputs: Properties,
  before?: Properties,
  hints: Hints = {},
): readonly CheckFailure[] {
  const failures = schemaFailures(kind.inputs, inputs);
  if (failures.length > 0 || containsUnknown(inputs)) return failures;
  return kind.refine?.(inputs, before, hints) ?? [];
}
