import { isPlainObject, type Properties } from "../inputs/plain.ts";

/**
 * The values that the control plane prescribes, from flat dotted paths. They stay texts: a resource group named `007` is no number,
 * and the chart takes `"true"` for true.
 */
export function nestValues(flat: Readonly<Record<string, string>>): Properties {
  const root: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(flat)) {
    const steps = path.split(".");
    const last = steps.pop();
    if (last === undefined) continue;
    let holder = root;
    for (const step of steps) {
      const next = holder[step];
      const inner: Record<string, unknown> = isPlainObject(next) ? { ...next } : {};
      holder[step] = inner;
      holder = inner;
    }
    holder[last] = value;
  }
  return root;
}

/** Lays values over others, map by map; anything else is replaced as a whole. */
export function mergeValues(base: Properties, over: Properties): Properties {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isPlainObject(below) && isPlainObject(value) ? mergeValues(below, value) : value;
  }
  return merged;
}
