/** Keys from `from` on, up to but not including `to`. */
export interface KeyRange {
  readonly from: string;
  readonly to: string;
}

/** So many ranges are asked for at the same time. */
const AT_ONCE = 8;

/**
 * The keys of resources that lie at or below some scopes, as ranges in the order of keys, each key in one of them. A scope is two ranges:
 * what is called like it and goes on (`…/a-b`) stands between it and what is below it (`…/a/…`).
 */
export function rangesOf(scopeKeys: readonly string[]): KeyRange[] {
  const known = new Set(scopeKeys);
  const isWithinAnother = (key: string): boolean => {
    for (let end = key.lastIndexOf("/"); end > 0; end = key.lastIndexOf("/", end - 1)) {
      if (known.has(key.slice(0, end))) return true;
    }
    return false;
  };
  return scopeKeys
    .filter((key) => !isWithinAnother(key))
    .flatMap((key) => {
      // The character after "/" ends what is below.
      const below = { from: `${key}/`, to: `${key}0` };
      // Only what has a provider is a resource itself. No key can stand between a key and itself followed by the lowest character.
      return key.includes("/providers/") ? [{ from: key, to: `${key}\u0001` }, below] : [below];
    })
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}

/**
 * Reads a page of keys within some ranges, in their order. Each range is a statement of its own, which an index answers by going to where the
 * range begins; many ranges in one statement are compared with every row between the first and the last of them.
 */
export async function keysWithin(
  ranges: readonly KeyRange[],
  { after = "", limit }: { readonly after?: string | undefined; readonly limit: number },
  read: (range: KeyRange) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const left = ranges.filter(({ to }) => to > after);
  const keys: string[] = [];
  for (let at = 0; at < left.length && keys.length < limit; at += AT_ONCE) {
    const found = await Promise.all(left.slice(at, at + AT_ONCE).map(read));
    keys.push(...found.flat());
  }
  return keys.slice(0, limit);
}

/** The same for pages of rows, until there are no more: from where a page ended `readPage` reads on in the same range. */
export async function* pagesWithin<Row extends { readonly key: string }>(
  ranges: readonly KeyRange[],
  { after, pageSize }: { readonly after: string; readonly pageSize: number },
  readPage: (range: KeyRange, after: string) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  const left = ranges.filter(({ to }) => to > after);
  for (let at = 0; at < left.length; at += AT_ONCE) {
    const some = left.slice(at, at + AT_ONCE);
    const first = await Promise.all(some.map((range) => readPage(range, after)));
    for (const [index, range] of some.entries()) {
      for (let page = first[index] ?? []; page.length > 0; ) {
        yield page;
        const last = page.at(-1);
        page = page.length < pageSize || last === undefined ? [] : await readPage(range, last.key);
      }
    }
  }
}
