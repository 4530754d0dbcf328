/** From the text of a query to its tree, or to an error that names the word and the place. */
import { EOF, type IRecognitionException, type IToken, Lexer } from "chevrotain";
import { queryError, quote } from "../query-error.ts";
import type { Place, Query } from "./ast.ts";
import { Grammar } from "./grammar.ts";
import { placeOf } from "./place-of.ts";
import * as t from "./tokens.ts";

/** Far beyond what people write, and little enough that the parser's and the binder's recursion stay flat. */
export const maxQueryLength = 32 * 1024;
export const maxTokens = 4000;
export const maxDepth = 40;

/** Both are made once, with the first query: looking the grammar over takes some tens of milliseconds. */
let made: { readonly lexer: Lexer; readonly grammar: Grammar } | undefined;

export function parseQuery(text: string): Query {
  if (text.length > maxQueryLength) {
    throw queryError(
      "QueryLimitExceeded",
      `The query has ${text.length} characters; at most ${maxQueryLength} are read.`,
    );
  }
  made ??= { lexer: new Lexer(t.tokens, { ensureOptimizations: false }), grammar: new Grammar() };
  const { tokens, errors } = made.lexer.tokenize(text);
  const [unreadable] = errors;
  if (unreadable) {
    const word = text.slice(unreadable.offset, unreadable.offset + unreadable.length);
    throw queryError("ParserFailure", `${quote(word)} is not understood.`, {
      line: unreadable.line ?? 1,
      column: unreadable.column ?? 1,
      word,
    });
  }
  limitSize(tokens);
  if (tokens.length === 0)
    throw queryError("ParserFailure", "The query is empty. Begin with a table, such as: resources");
  made.grammar.input = tokens;
  const query = made.grammar.query();
  const [error] = made.grammar.errors;
  if (error) throw toQueryError(error, tokens);
  return query;
}

function limitSize(tokens: readonly IToken[]): void {
  if (tokens.length > maxTokens) {
    throw queryError("QueryLimitExceeded", `The query has ${tokens.length} words; at most ${maxTokens} are read.`);
  }
  let depth = 0;
  for (const token of tokens) {
    const { tokenType } = token;
    if (tokenType === t.OpenParen || tokenType === t.OpenBracket || tokenType === t.OpenBrace) depth++;
    if (tokenType === t.CloseParen || tokenType === t.CloseBracket || tokenType === t.CloseBrace) depth--;
    if (depth > maxDepth) {
      throw queryError("QueryLimitExceeded", `The query nests deeper than ${maxDepth} levels.`, placeOf(token));
    }
  }
}

const operators =
  "where, project, project-away, project-keep, project-rename, extend, parse, parse-where, join, union, mv-expand, summarize, order by, sort by, top, take, limit, distinct, count";

function toQueryError(error: IRecognitionException, tokens: readonly IToken[]) {
  const { token, context } = error;
  const at = token.tokenType === EOF ? endOf(tokens) : placeOf(token);
  const where = context.ruleStack.at(-1);
  if (token.tokenType === EOF) {
    return queryError("ParserFailure", "The query ends too early: something must follow.", at);
  }
  if (where === "operator form") {
    return queryError(
      "ParserFailure",
      `The operator ${quote(wholeWord(token, tokens))} is not supported. Supported are: ${operators}.`,
      at,
    );
  }
  return queryError("ParserFailure", `${quote(token.image)} is not understood here.`, at);
}

/** `mv-apply` is three tokens, and one word to who wrote it. */
function wholeWord(token: IToken, tokens: readonly IToken[]): string {
  const begin = tokens.indexOf(token);
  let end = begin + 1;
  while (tokens[end]?.tokenType === t.Minus && /^\w+$/.test(tokens[end + 1]?.image ?? "")) end += 2;
  return tokens
    .slice(begin, end)
    .map(({ image }) => image)
    .join("");
}

function endOf(tokens: readonly IToken[]): Place {
  const last = tokens.at(-1);
  return { line: last?.endLine ?? 1, column: (last?.endColumn ?? 0) + 1, word: "" };
}
