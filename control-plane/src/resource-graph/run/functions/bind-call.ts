/** The functions of the language: a table from their names to how a call of each is bound. Names are taken in any case. */
import { queryError, quote } from "../../query-error.ts";
import { type Bound, checkCount, constant } from "../bound.ts";
import { choices } from "./choices.ts";
import { conversions } from "./conversions.ts";
import type { Call, FunctionOf } from "./function-of.ts";
import { listsAndBags } from "./lists-and-bags.ts";
import { numbersAndTime } from "./numbers-and-time.ts";
import { patterns } from "./patterns.ts";
import { texts } from "./texts.ts";

const functions: Readonly<Record<string, FunctionOf>> = {
  ...conversions,
  ...choices,
  ...texts,
  ...patterns,
  ...listsAndBags,
  ...numbersAndTime,
};

/** Other names of the same. */
const synonyms: Readonly<Record<string, string>> = {
  iif: "iff",
  floor: "bin",
  todynamic: "parse_json",
  toobject: "parse_json",
  parsejson: "parse_json",
  notempty: "isnotempty",
  notnull: "isnotnull",
  pack: "bag_pack",
  pack_dictionary: "bag_pack",
};

export const functionNames: readonly string[] = [...Object.keys(functions), ...Object.keys(synonyms)].sort();

export function bindCall(call: Call): Bound {
  const { name, at } = call.call;
  const key = name.toLowerCase();
  const known = synonyms[key] ?? key;
  const found = Object.hasOwn(functions, known) ? functions[known] : undefined;
  if (found === undefined) {
    throw queryError(
      "ParserFailure",
      `The function ${quote(name)}() is not supported. Supported are: ${functionNames.join(", ")}.`,
      at,
    );
  }
  checkCount(name, call.parameters.length, found.count, at);
  const isConstant = call.parameters.every((each) => each.isConstant);
  const bound = { isConstant, ...found.bind(call), at };
  // Worked out once; an error shows where the query is read, not in its first row.
  return bound.isConstant ? { ...constant(bound.type, bound.evaluate([]), at), name: bound.name } : bound;
}
