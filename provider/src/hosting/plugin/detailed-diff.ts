import { isEqual, isPlainObject, type Properties } from "../../inputs/plain.ts";
import type { Difference } from "../../lifecycle/lifecycle.ts";

export interface PropertyChange {
  readonly kind: "ADD" | "UPDATE" | "DELETE";
  readonly replaces: boolean;
}

/**
 * Which values inside the changed inputs differ, by the path under which the engine shows them: `tags.ring`,
 * `kustomizations["a.b"].dependsOn[0]`. Whether an input changed at all is the lifecycle's word, not this one's.
 */
export function detailedDiff(
  before: Properties,
  after: Properties,
  difference: Difference,
): Map<string, PropertyChange> {
  const found = new Map<string, PropertyChange>();
  for (const key of difference.changed) {
    const replaces = difference.replaces.includes(key);
    const changes = [...changesBelow(step("", key), before[key], after[key])];
    // The input means something else now although it is written the same: a default of the past.
    if (changes.length === 0) changes.push([step("", key), "UPDATE"]);
    for (const [path, kind] of changes) found.set(path, { kind, replaces });
  }
  return found;
}

function* changesBelow(path: string, one: unknown, other: unknown): Generator<[string, PropertyChange["kind"]]> {
  if (isEqual(one, other)) return;
  if (isPlainObject(one) && isPlainObject(other)) {
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
      yield* changesBelow(step(path, key), one[key], other[key]);
    }
  } else if (Array.isArray(one) && Array.isArray(other)) {
    for (let index = 0; index < Math.max(one.length, other.length); index++) {
      yield* changesBelow(`${path}[${index}]`, one[index], other[index]);
    }
  } else {
    yield [path, one === undefined ? "ADD" : other === undefined ? "DELETE" : "UPDATE"];
  }
}

function step(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
