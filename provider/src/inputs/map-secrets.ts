import { isPlainObject } from "./plain.ts";

/**
 * A property with something else in place of each secret. The names of secrets stay: the service tells them, and a program gives
 * them; the values are told by nobody.
 * @param paths of the type's secrets, such as `configurationProtectedSettings` or `list.*.settings`: each a map of secrets, or one
 * @param replace is given the path of one secret, and its value
 */
export function mapSecrets(
  key: string,
  value: unknown,
  paths: readonly string[],
  replace: (path: readonly string[], value: unknown) => unknown,
): unknown {
  return paths
    .map((path) => path.split("."))
    .filter(([first]) => first === key)
    .reduce((mapped, [, ...steps]) => mapAt(mapped, steps, [key], replace), value);
}

function mapAt(
  value: unknown,
  [step, ...rest]: readonly string[],
  path: readonly string[],
  replace: (path: readonly string[], value: unknown) => unknown,
): unknown {
  if (value === undefined || value === null) return value;
  const each = (change: (one: unknown, at: string) => unknown): unknown => {
    if (Array.isArray(value)) return value.map((one, index) => change(one, String(index)));
    if (!isPlainObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, change(one, key)]));
  };
  if (step === undefined)
    return isPlainObject(value) ? each((one, key) => replace([...path, key], one)) : replace(path, value);
  if (step === "*") return each((one, at) => mapAt(one, rest, [...path, at], replace));
  return isPlainObject(value) && step in value
    ? { ...value, [step]: mapAt(value[step], rest, [...path, step], replace) }
    : value;
}
