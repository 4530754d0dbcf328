/** The branches of the tree that are made of an operator and its sides. */
import type { IToken } from "chevrotain";
import { queryError, quote } from "../query-error.ts";
import type { BinaryOperator, Expression, TextOperator } from "./ast.ts";
import { placeOf } from "./place-of.ts";

export function joinTerms(kind: "and" | "or", terms: readonly Expression[]): Expression {
  const [first] = terms;
  if (first === undefined || terms.length === 1) return first as Expression;
  return { kind, at: first.at, terms };
}

export function binary(left: Expression, token: IToken, right: Expression): Expression {
  return { kind: "binary", at: placeOf(token), operator: operatorOf(token.image.toLowerCase()), left, right };
}

function operatorOf(word: string): BinaryOperator {
  if (word === "<>") return "!=";
  if (word === "matches") return { test: "matches regex", negated: false, caseSensitive: true };
  const text = /^(!?)([a-z]+?)(_cs)?$/.exec(word);
  if (!text) return word as Exclude<BinaryOperator, TextOperator>;
  return { test: text[2] as TextOperator["test"], negated: text[1] === "!", caseSensitive: text[3] !== undefined };
}

export function membership(value: Expression, token: IToken, list: readonly Expression[]): Expression {
  const at = placeOf(token);
  const star = list.find(({ kind }) => kind === "star");
  if (star || list.length === 0)
    throw queryError("ParserFailure", `${quote(token.image)} needs a list of values.`, star?.at ?? at);
  const word = token.image.toLowerCase();
  if (word === "has_any" || word === "has_all")
    return { kind: word === "has_any" ? "has any" : "has all", at, value, list };
  return { kind: "in", at, negated: word.startsWith("!"), ignoreCase: word.endsWith("~"), value, list };
}
