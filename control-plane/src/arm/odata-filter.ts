import { DomainError } from "../errors.ts";

/** The fields that lists can be filtered by, in lower case. */
const fields = ["resourcegroup", "resourcetype", "name", "location", "tagname", "tagvalue"] as const;
type Field = (typeof fields)[number];

export type Filter = Readonly<Partial<Record<Field, string>>>;

/**
 * Reads the `$filter` forms that real clients send: `field eq 'value'`, joined by `and`; a quote in a value is doubled. Anything
 * else is refused: to ignore a filter would show, or delete, more than was asked for.
 */
export function parseFilter(text: string | undefined): Filter {
  const filter: Partial<Record<Field, string>> = {};
  let rest = text?.trim() ?? "";
  while (rest !== "") {
    const match = /^(\w+)\s+eq\s+'((?:[^']|'')*)'\s*(?:and\s+|$)/i.exec(rest);
    const field = fields.find((one) => one === match?.[1]?.toLowerCase());
    if (!match || !field) {
      throw new DomainError(
        "BadRequest",
        `The $filter is not understood from '${rest}' on. Possible are the fields ${fields.join(", ")} with "eq '…'", joined by 'and'.`,
      );
    }
    filter[field] = match[2]?.replaceAll("''", "'") ?? "";
    rest = rest.slice(match[0].length);
  }
  return filter;
}
