import { isPlainObject, type Properties } from "../inputs/plain.ts";
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
  const parsed = kind.inputs.safeParse(inputs);
  const failures = (parsed.error?.issues ?? [])
    .filter((issue) => !containsUnknown(valueAt(inputs, issue.path)))
    .map((issue) => ({ property: issue.path.map(String).join("."), reason: issue.message }));
  if (failures.length > 0 || containsUnknown(inputs)) return failures;
  return kind.refine?.(inputs, before, hints) ?? [];
}

/** The value that an issue is about, or the deepest one above it that exists. */
function valueAt(inputs: unknown, path: readonly PropertyKey[]): unknown {
  let value = inputs;
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isPlainObject(value)) value = value[String(step)];
    else return value;
  }
  return value;
}
