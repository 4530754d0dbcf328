/** Changes of tags as the tags API writes them. Names of tags are the same in any case; the case last written is kept. */
import type { tagOperations } from "@arcfleet/contract";
import { readJsonColumn } from "../json.ts";
import { parseTags } from "./parse-body.ts";

export type TagMap = Readonly<Record<string, string>>;
export type TagOperation = (typeof tagOperations)[number];

/** The tags of a row, which were checked when they were written. */
export const tagsOf = (row: { readonly tags: string }): TagMap =>
  Object.fromEntries(Object.entries(readJsonColumn(row.tags)).map(([name, value]) => [name, String(value)]));

const without = (tags: TagMap, isGone: (name: string, value: string) => boolean): TagMap =>
  Object.fromEntries(Object.entries(tags).filter(([name, value]) => !isGone(name, value)));

/** The tags after a change; throws when they are too many or not allowed. */
export function changeTags(before: TagMap, operation: TagOperation, given: TagMap): TagMap {
  const byName = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  if (operation === "Replace") return parseTags(given);
  if (operation === "Merge") {
    parseTags(given);
    return parseTags({ ...without(before, (name) => byName.has(name.toLowerCase())), ...given });
  }
  return without(before, (name, value) => {
    const wanted = byName.get(name.toLowerCase());
    return wanted !== undefined && (wanted === "" || wanted === value);
  });
}
