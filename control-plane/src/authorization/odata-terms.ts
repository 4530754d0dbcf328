/** One condition of a `$filter`: `name eq 'value'`, or a function such as `atScope()`. */
export interface FilterTerm {
  /** Lower case. */
  readonly name: string;
  readonly value?: string;
}

const term = /^(?:(\w+)\s+eq\s+'((?:[^']|'')*)'|(\w+)\(\s*(?:'((?:[^']|'')*)')?\s*\))$/i;

/** Reads conditions joined by `and`; undefined where one is not of these forms. */
export function parseTerms(text: string | undefined): readonly FilterTerm[] | undefined {
  if (text === undefined || text.trim() === "") return [];
  const terms: FilterTerm[] = [];
  // Values stand in quotes and may hold the word as well.
  for (const part of text.match(/(?:'(?:[^']|'')*'|\((?:[^()']|'(?:[^']|'')*')*\)|(?!\s+and\s)[\s\S])+/gi) ?? []) {
    const match = term.exec(part.replace(/^\s*and\s+/i, "").trim());
    if (match === null) return undefined;
    const [, field, fieldValue, call, callValue] = match;
    const value = (fieldValue ?? callValue)?.replaceAll("''", "'");
    terms.push({ name: (field ?? call ?? "").toLowerCase(), ...(value === undefined ? {} : { value }) });
  }
  return terms;
}
