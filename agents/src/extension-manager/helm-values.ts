/**
 * Helm values from flat settings: `a.b[0].c: "x"`, as `helm --set` reads them. A dot in a key is written `\.`. The texts
 * `true`, `false`, `null` and whole numbers become what they say, everything else stays a text.
 */

type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** A setting that cannot be a Helm value; the message names it and never shows its value. */
export class SettingError extends Error {
  override readonly name = "SettingError";
}

/** @param maps later ones win over earlier ones */
export function helmValues(...maps: Readonly<Record<string, string>>[]): Record<string, Value> {
  const root: Record<string, Value> = {};
  const settings = new Map(maps.flatMap((map) => Object.entries(map)));
  // Sorted, so that the same settings are the same values in whatever order they came.
  for (const [path, text] of [...settings].sort(([a], [b]) => (a < b ? -1 : 1))) {
    place(root, parsePath(path), typed(text), path);
  }
  return root;
}

type Step = string | number;

/** Deeper than any chart, and a bound for hostile input. */
const mostSteps = 30;
const longestList = 1024;

function parsePath(path: string): Step[] {
  const steps: Step[] = [];
  let key = "";
  let isKey = true;
  for (let at = 0; at < path.length; at++) {
    const char = path[at];
    if (char === "\\" && at + 1 < path.length) {
      key += path[++at];
    } else if (char === ".") {
      if (isKey) steps.push(key);
      key = "";
      isKey = true;
    } else if (char === "[") {
      const end = path.indexOf("]", at);
      const index = end < 0 ? Number.NaN : Number(path.slice(at + 1, end) || Number.NaN);
      if (!Number.isInteger(index) || index < 0 || index >= longestList) {
        throw new SettingError(
          `setting ${path}: what is in the brackets must be an index from 0 to ${longestList - 1}`,
        );
      }
      if (isKey) steps.push(key);
      steps.push(index);
      key = "";
      isKey = false;
      at = end;
    } else {
      key += char;
    }
  }
  if (isKey) steps.push(key);
  else if (key !== "") throw new SettingError(`setting ${path}: put a dot after the bracket`);
  if (steps.length > mostSteps) throw new SettingError(`setting ${path}: more than ${mostSteps} levels`);
  for (const step of steps) {
    if (step === "" || step === "__proto__") {
      throw new SettingError(`setting ${path}: "${step}" cannot be the name of a Helm value`);
    }
  }
  return steps;
}

function place(root: Record<string, Value>, steps: readonly Step[], value: Value, path: string): void {
  let holder: Value = root;
  steps.forEach((step, index) => {
    const isLast = index === steps.length - 1;
    const before = read(holder, step, path);
    let next: Value;
    if (isLast) {
      if (before !== undefined && typeof before === "object" && before !== null) throw collision(path);
      next = value;
    } else {
      next = before ?? (typeof steps[index + 1] === "number" ? [] : {});
      if (typeof next !== "object") throw collision(path);
    }
    write(holder, step, next, path);
    holder = next;
  });
}

function read(holder: Value, step: Step, path: string): Value | undefined {
  if (Array.isArray(holder)) {
    if (typeof step !== "number") throw collision(path);
    return holder[step];
  }
  if (typeof holder !== "object" || holder === null || typeof step === "number") throw collision(path);
  return Object.hasOwn(holder, step) ? holder[step] : undefined;
}

function write(holder: Value, step: Step, value: Value, path: string): void {
  if (Array.isArray(holder) && typeof step === "number") {
    while (holder.length < step) holder.push(null);
    holder[step] = value;
  } else if (typeof holder === "object" && holder !== null && !Array.isArray(holder) && typeof step === "string") {
    holder[step] = value;
  } else {
    throw collision(path);
  }
}

const collision = (path: string): SettingError =>
  new SettingError(`setting ${path}: another setting gives a value to a part of this path`);

function typed(text: string): Value {
  if (text === "true") return true;
  if (text === "false") return false;
  if (text === "null") return null;
  // A leading zero marks an identifier, and past 15 digits a number would lose some.
  return /^(0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}
