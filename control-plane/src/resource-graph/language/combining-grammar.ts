/** The part of the grammar that is about operators that bring in more rows: `join` and `union`. */
import type { ParserMethod } from "chevrotain";
import { queryError } from "../query-error.ts";
import {
  type ColumnName,
  type JoinKind,
  joinKinds,
  type Operator,
  type Pipeline,
  type Union as UnionOf,
} from "./ast.ts";
import { ColumnGrammar } from "./column-grammar.ts";
import { placeOf } from "./place-of.ts";
import * as t from "./tokens.ts";

export abstract class CombiningGrammar extends ColumnGrammar {
  /** What is brought in may be a whole query: grammar.ts has the rule. */
  protected abstract readonly pipeline: ParserMethod<[], Pipeline>;

  protected readonly join: ParserMethod<[], Operator> = this.RULE("join form", (): Operator => {
    const at = this.CONSUME(t.Join);
    const { kind = "innerunique" } = this.SUBRULE(this.settings, { ARGS: [{ kind: Object.keys(joinWords) }] });
    const right = this.SUBRULE(this.leg);
    this.CONSUME(t.On);
    const on: { left: ColumnName; right: ColumnName }[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        this.OR([
          {
            ALT: () => {
              this.CONSUME(t.Left);
              this.CONSUME(t.Dot);
              const left = this.SUBRULE(this.columnName);
              this.SUBRULE(this.equals);
              this.CONSUME(t.Right);
              this.CONSUME1(t.Dot);
              on.push({ left, right: this.SUBRULE1(this.columnName) });
            },
          },
          {
            ALT: () => {
              this.CONSUME1(t.Right);
              this.CONSUME2(t.Dot);
              const rightName = this.SUBRULE2(this.columnName);
              this.SUBRULE1(this.equals);
              this.CONSUME1(t.Left);
              this.CONSUME3(t.Dot);
              on.push({ left: this.SUBRULE3(this.columnName), right: rightName });
            },
          },
          {
            ALT: () => {
              const both = this.SUBRULE4(this.columnName);
              on.push({ left: both, right: both });
            },
          },
        ]);
      },
    });
    return this.ACTION(() => ({ kind: "join", at: placeOf(at), join: joinWords[kind] ?? "innerunique", right, on }));
  });

  private readonly equals: ParserMethod<[], void> = this.RULE("equals form", (): void => {
    const operator = this.CONSUME(t.Equality);
    this.ACTION(() => {
      if (operator.image !== "==") {
        throw queryError("ParserFailure", `Keys of a join are compared with '==' only.`, placeOf(operator));
      }
    });
  });

  protected readonly unionOf: ParserMethod<[], UnionOf> = this.RULE("union form", (): UnionOf => {
    const settings = this.SUBRULE(this.settings, {
      ARGS: [{ kind: ["inner", "outer"], withsource: undefined, isfuzzy: ["false"] }],
    });
    const legs: Pipeline[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => legs.push(this.SUBRULE(this.leg)) });
    return { legs, columns: settings.kind === "inner" ? "inner" : "outer", sourceName: settings.withsource };
  });

  /** What a join or a union takes in: a table, or a query in parentheses. */
  private readonly leg: ParserMethod<[], Pipeline> = this.RULE(
    "leg form",
    (): Pipeline =>
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.OpenParen);
            const pipeline = this.SUBRULE(this.pipeline);
            this.CONSUME(t.CloseParen);
            return pipeline;
          },
        },
        {
          ALT: () => {
            const name = this.CONSUME(t.Name);
            return this.ACTION<Pipeline>(() => ({
              source: { kind: "table", name: name.image, at: placeOf(name) },
              operators: [],
            }));
          },
        },
      ]),
  );
}

const joinWords: Readonly<Record<string, JoinKind>> = {
  ...Object.fromEntries(joinKinds.map((kind) => [kind, kind])),
  anti: "leftanti",
  leftantisemi: "leftanti",
  rightantisemi: "rightanti",
};
