import type { IToken } from "chevrotain";
import type { Place } from "./ast.ts";

/** Where a word stands, for messages. */
export const placeOf = (token: IToken): Place => ({
  line: token.startLine ?? 1,
  column: token.startColumn ?? 1,
  word: token.image,
});
