/** Functions of texts that are given a regular expression. */
import { as, type Bound, constantOf, expect } from "../bound.ts";
import { compileRegex } from "../regex.ts";
import { type FunctionOf, number, parameter, text } from "./function-of.ts";
import { typeParameter } from "./type-parameter.ts";

/** A pattern, then the text that it is held against. */
const trimming = (wrap: (pattern: string) => readonly string[]): FunctionOf => ({
  count: [2, 2],
  bind: ({ parameters: [first, second], call, budget }) => {
    const pattern = text(constantOf(expect(parameter(first), ["string"], "The pattern"), "The pattern"));
    const regexes = wrap(pattern).map((source) => compileRegex(source, parameter(first).at, budget));
    const subject = expect(parameter(second), ["string"], `Parameter 2 of ${call.name}()`);
    return {
      type: "string",
      evaluate: (cells) => regexes.reduce((rest, regex) => regex.replace(rest, ""), text(subject.evaluate(cells))),
    };
  },
});
const leading = (pattern: string): string => `\\A(?:${pattern})`;
const trailing = (pattern: string): string => `(?:${pattern})\\z`;
const repeated = (pattern: string): string => `(?:${pattern})+`;

export const patterns: Readonly<Record<string, FunctionOf>> = {
  replace_regex: {
    count: [3, 3],
    bind: ({ parameters: [first, second, third], budget }) => {
      const subject = expect(parameter(first), ["string"], "The text");
      const pattern = text(constantOf(expect(parameter(second), ["string"], "The pattern"), "The pattern"));
      const regex = compileRegex(pattern, parameter(second).at, budget);
      const replacement = expect(parameter(third), ["string"], "The replacement");
      return {
        type: "string",
        evaluate: (cells) => regex.replace(text(subject.evaluate(cells)), text(replacement.evaluate(cells))),
      };
    },
  },
  trim: trimming((pattern) => [leading(repeated(pattern)), trailing(repeated(pattern))]),
  trim_start: trimming((pattern) => [leading(pattern)]),
  trim_end: trimming((pattern) => [trailing(pattern)]),
  extract: {
    count: [3, 4],
    bind: ({ parameters: [first, second, third], call, budget }) => {
      const pattern = text(constantOf(expect(parameter(first), ["string"], "The pattern"), "The pattern"));
      const regex = compileRegex(pattern, parameter(first).at, budget);
      const group = number(constantOf(expect(parameter(second), ["long"], "The group"), "The group"));
      const subject = expect(parameter(third), ["string"], "The text");
      const found: Bound = {
        ...subject,
        evaluate: (cells) => regex.group(text(subject.evaluate(cells)), group) ?? "",
      };
      const type = typeParameter(call.parameters[3]) ?? "string";
      return { type, evaluate: as(found, type).evaluate };
    },
  },
};
