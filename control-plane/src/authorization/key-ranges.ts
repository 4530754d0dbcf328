import type { Reach } from "./authorize.ts";

/** Keys from `from` on, up to but not including `to`. */
export interface KeyRange {
  readonly from: string;
  readonly to: string;
}

/** So many ranges go into one statement. */
const PER_STATEMENT = 100;

/**
 * The keys of what lies at or below some scopes, as ranges in the order of keys, each key in one of them. A scope is two ranges: what is
 * called like it and goes on (`…/a-b`) stands between it and what is below it (`…/a/…`).
 */
function rangesOf(scopeKeys: readonly string[]): KeyRange[] {
  const known = new Set(scopeKeys);
  const isWithinAnother = (key: string): boolean => {
    for (let end = key.lastIndexOf("/"); end > 0; end = key.lastIndexOf("/", end - 1)) {
      if (known.has(key.slice(0, end))) return true;
    }
    return false;
  };
  return scopeKeys
    .filter((key) => !isWithinAnother(key))
    .flatMap((key) => [
      // No key can stand between a key and itself followed by the lowest character.
      { from: key, to: `${key}\u0001` },
      // The character after "/" ends what is below.
      { from: `${key}/`, to: `${key}0` },
    ])
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}

/**
 * Reads a page of what lies within a reach, in the order of keys. `read` answers for some ranges at a time, and is asked until the page is
 * full; without ranges it is asked for everything.
 */
export async function readWithin<Row>(
  reach: Reach,
  { after = "", limit }: { readonly after?: string | undefined; readonly limit: number },
  read: (ranges: readonly KeyRange[] | undefined, limit: number) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  if (reach === "everywhere") return read(undefined, limit);
  const ranges = rangesOf(reach).filter(({ to }) => to > after);
  const rows: Row[] = [];
  for (let at = 0; at < ranges.length && rows.length < limit; at += PER_STATEMENT) {
    rows.push(...(await read(ranges.slice(at, at + PER_STATEMENT), limit - rows.length)));
  }
  return rows;
}
