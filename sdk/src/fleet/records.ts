/** The keys of a record whose keys are known by type; none of an absent one. */
export const keysOf = <Key extends string>(record: Readonly<Record<Key, unknown>> | undefined): readonly Key[] =>
  Object.keys(record ?? {}) as Key[];

/** A record with a value for each key. */
export const byKey = <Key extends string, Value>(
  keys: readonly Key[],
  pick: (key: Key, at: number) => Value,
): Readonly<Record<Key, Value>> =>
  Object.fromEntries(keys.map((key, at) => [key, pick(key, at)])) as Record<Key, Value>;

/** The value of a key that must be there: another one is a mistake of ours. */
export function valueAt<Value>(map: ReadonlyMap<string, Value>, key: string): Value {
  const value = map.get(key);
  if (value === undefined) throw new Error(`the fleet declared no ${key}`);
  return value;
}

/** A record without the keys that have no value. */
export const withoutUndefined = <Key extends string, Value>(
  record: Readonly<Record<Key, Value | undefined>>,
): Readonly<Partial<Record<Key, Value>>> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Partial<Record<Key, Value>>;
