/** Reading and changing JSON at a path, `*` for each entry of a map or list. Nothing that is given is changed. */
import { isJsonObject, type JsonObject } from "../json.ts";

type Path = readonly string[];

/** Without what is at the path. */
export function removeAt(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) return value;
  if (step === "*") return mapEntries(value, (entry) => removeAt(entry, rest));
  if (!isJsonObject(value) || !Object.hasOwn(value, step)) return value;
  if (rest.length > 0) return { ...value, [step]: removeAt(value[step], rest) };
  const { [step]: _, ...others } = value;
  return others;
}

/** With something else for what is at the path, if something is there. */
export function changeAt(value: unknown, [step, ...rest]: Path, change: (found: unknown) => unknown): unknown {
  if (step === undefined) return change(value);
  if (step === "*") return mapEntries(value, (entry) => changeAt(entry, rest, change));
  if (!isJsonObject(value) || !Object.hasOwn(value, step)) return value;
  return { ...value, [step]: changeAt(value[step], rest, change) };
}

/** With another name for what is at the path. */
export function renameAt(value: unknown, path: Path, name: string): unknown {
  const [last = "", holder] = [path.at(-1), path.slice(0, -1)];
  return changeAt(value, holder, (found) => {
    if (!isJsonObject(found) || !Object.hasOwn(found, last)) return found;
    const { [last]: moved, ...others } = found;
    return { ...others, [name]: moved };
  });
}

/**
 * With what is at the path in `stored`, wherever `wanted` still has what holds it: an entry or a block that is not wanted any more
 * takes along what is in it.
 */
export function keepAt(value: unknown, wanted: unknown, stored: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined || !isJsonObject(stored) || !isJsonObject(wanted)) return value;
  const held: JsonObject = isJsonObject(value) ? value : {};
  if (step === "*") {
    const kept = Object.keys(wanted)
      .filter((name) => Object.hasOwn(stored, name))
      .map((name) => [name, keepAt(held[name], wanted[name], stored[name], rest)] as const)
      .filter(([, entry]) => entry !== undefined);
    return kept.length === 0 ? value : { ...held, ...Object.fromEntries(kept) };
  }
  if (!Object.hasOwn(stored, step)) return value;
  if (rest.length === 0) return { ...held, [step]: stored[step] };
  if (!isJsonObject(wanted[step])) return value;
  const kept = keepAt(held[step], wanted[step], stored[step], rest);
  return kept === undefined ? value : { ...held, [step]: kept };
}

function mapEntries(value: unknown, change: (entry: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, change(entry)]));
}
