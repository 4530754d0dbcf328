/** Inputs and state as Pulumi passes them: plain JSON. */
export type Properties = Readonly<Record<string, unknown>>;

export const isPlainObject = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Equality of plain JSON; an absent field and an undefined one are equal, the order of fields does not count. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isEqual(item, other[index]));
  }
  if (!isPlainObject(one) || !isPlainObject(other)) return false;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => isEqual(one[key], other[key]));
}

/** A copy without the fields that are undefined: what JSON would keep. */
export const withoutUndefined = (value: Properties): Properties =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
