/**
 * Regular expressions of queries. They come from outside, so they run in an engine whose time grows with pattern times text and
 * never beyond, and both are bounded.
 */
import { RE2JS } from "re2js";
import type { Place } from "../language/ast.ts";
import { queryError, quote } from "../query-error.ts";
import type { Budget } from "./budget.ts";

const maxPatternLength = 500;
/** The product of all counted repetitions: `(a{100}){100}` would be a machine of ten thousand states. */
const maxRepetition = 200;
const maxTextLength = 16 * 1024;

export interface Regex {
  test(text: string): boolean;
  /** The text of a group of the first match; undefined without one. */
  group(text: string, index: number): string | undefined;
  /** With `$1`-like references as `\1`, the way the language writes them. */
  replace(text: string, replacement: string): string;
}

export function compileRegex(pattern: string, at: Place, budget: Budget): Regex {
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)];
  const repetition = counts.reduce((product, [, least = "1", most]) => product * Math.max(1, Number(most || least)), 1);
  if (pattern.length > maxPatternLength || repetition > maxRepetition) {
    throw queryError(
      "QueryLimitExceeded",
      `The regular expression is larger than ${maxPatternLength} characters or repeats more than ${maxRepetition} times.`,
      at,
    );
  }
  const compiled = compile(pattern, at);
  const cost = Math.max(1, (pattern.length * repetition) / 50);
  const checked = (text: string): string => {
    if (text.length > maxTextLength) {
      throw queryError(
        "QueryLimitExceeded",
        `A text of ${text.length} characters meets a regular expression; at most ${maxTextLength} are possible.`,
        at,
      );
    }
    budget.work(text.length * cost);
    return text;
  };
  return {
    test: (text) => compiled.matcher(checked(text)).find(),
    group(text, index) {
      const matcher = compiled.matcher(checked(text));
      if (!matcher.find() || index > matcher.groupCount()) return undefined;
      return matcher.group(index) ?? undefined;
    },
    replace(text, replacement) {
      const references = replacement.replaceAll(/\\(\d)|[\\$]/g, (all, group: string | undefined) =>
        group === undefined ? `\\${all}` : `$${group}`,
      );
      const replaced = compiled.matcher(checked(text)).replaceAll(references);
      budget.text(replaced.length);
      return replaced;
    },
  };
}

function compile(pattern: string, at: Place): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "it is not understood";
    throw queryError("SemanticError", `${quote(pattern)} is no regular expression: ${reason}.`, at);
  }
}
