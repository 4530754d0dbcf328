/** How a query is refused: `BadRequest`, as the original answers it, with the word and its place among the details. */
import type { ArmError } from "@arcfleet/contract";
import { DomainError } from "../errors.ts";
import type { Place } from "./language/ast.ts";

/** What the second entry of the details is called. */
export type QueryProblem =
  /** The text is no query, or uses something of the language that is not served here. */
  | "ParserFailure"
  | "DisallowedLogicalTableName"
  /** Names and types do not fit. */
  | "SemanticError"
  /** Of what this control plane spends on one query. */
  | "QueryLimitExceeded";

/** The places that clients of the original show. */
interface PlacedDetail extends ArmError {
  readonly line: number;
  /** Counted from 0, as the original does. */
  readonly characterPositionInLine: number;
  readonly token: string;
}

const advice =
  "Query is invalid. Please refer to docs/resource-graph.md for what this control plane understands, and fix the error before retrying.";
/** A word of a query may be as long as the query. */
const maxWordLength = 100;

export function queryError(problem: QueryProblem, message: string, at?: Place): DomainError {
  const placed = at === undefined ? message : `Line ${at.line}, column ${at.column}: ${message}`;
  const detail: ArmError | PlacedDetail = {
    code: problem,
    message: placed,
    ...(at === undefined
      ? {}
      : { line: at.line, characterPositionInLine: at.column - 1, token: at.word.slice(0, maxWordLength) }),
  };
  return new DomainError("BadRequest", `The query cannot be run. ${placed}`, {
    target: "query",
    details: [{ code: "InvalidQuery", message: advice }, detail],
  });
}

/** What a person reads of a word that stands in the way. */
export const quote = (word: string): string =>
  `'${word.length > maxWordLength ? `${word.slice(0, maxWordLength)}…` : word}'`;
