/** The functions that put ids together. */
import { invalidTemplate } from "../invalid-template.ts";

/** `/A.B/x/name1/y/name2` of the type `A.B/x/y` and its names. */
export function idBelow(scope: string, type: string, names: readonly string[]): string {
  const [namespace = "", ...types] = type.split("/");
  if (types.length === 0 || types.length !== names.length || [namespace, ...types, ...names].includes("")) {
    throw invalidTemplate(
      `the type '${type}' and the name '${names.join("/")}' do not fit: a name has one segment less than its type`,
    );
  }
  const path = types.map((each, at) => `${each}/${names[at]}`).join("/");
  return `${scope}/providers/${namespace}/${path}`;
}

/** `resourceId([subscription], [group], type, names…)`. */
export function resourceIdOf(given: readonly string[], here: { subscription: string; group: string }): string {
  const at = given.findIndex((one) => one.includes("/"));
  const [before, type = "", names] = [given.slice(0, Math.max(at, 0)), given[at], given.slice(at + 1)];
  if (at < 0 || before.length > 2) throw invalidTemplate("resourceId() takes a type such as 'A.B/c' and its names");
  const group = before.at(-1) ?? here.group;
  const subscription = before.length === 2 ? (before[0] ?? "") : here.subscription;
  return idBelow(`/subscriptions/${subscription}/resourceGroups/${group}`, type, names);
}
