/** The part of the grammar that is about lists of columns, and about the settings that may stand before them. */
import { type IToken, type ParserMethod, tokenMatcher } from "chevrotain";
import { queryError } from "../query-error.ts";
import type { ColumnName, NamedExpression, SortKey } from "./ast.ts";
import { ExpressionGrammar } from "./expression-grammar.ts";
import { placeOf } from "./place-of.ts";
import * as t from "./tokens.ts";

export abstract class ColumnGrammar extends ExpressionGrammar {
  protected readonly namedExpressions: ParserMethod<[], NamedExpression[]> = this.RULE(
    "expressions form",
    (): NamedExpression[] => {
      const columns: NamedExpression[] = [];
      this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => columns.push(this.SUBRULE(this.namedExpression)) });
      return columns;
    },
  );

  protected readonly namedExpression: ParserMethod<[], NamedExpression> = this.RULE(
    "named expression form",
    (): NamedExpression => {
      let name: ColumnName | undefined;
      this.OPTION({
        GATE: () => this.isNamed(),
        DEF: () => {
          name = this.SUBRULE(this.columnName);
          this.CONSUME(t.Assign);
        },
      });
      const expression = this.SUBRULE(this.expression);
      return this.ACTION(() => ({ name: name?.name, expression, at: name?.at ?? expression.at }));
    },
  );

  protected readonly columnPatterns: ParserMethod<[], ColumnName[]> = this.RULE("columns form", (): ColumnName[] => {
    const columns: ColumnName[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const pieces: IToken[] = [];
        this.AT_LEAST_ONE(() => {
          pieces.push(this.OR([{ ALT: () => this.CONSUME(t.Name) }, { ALT: () => this.CONSUME(t.Star) }]));
        });
        this.ACTION(() => {
          const [first] = pieces;
          if (first) columns.push({ name: pieces.map(({ image }) => image).join(""), at: placeOf(first) });
        });
      },
    });
    return columns;
  });

  protected readonly sortKeys: ParserMethod<[], SortKey[]> = this.RULE("sort keys form", (): SortKey[] => {
    this.CONSUME(t.By);
    const keys: SortKey[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const expression = this.SUBRULE(this.expression);
        let descending = true;
        let nullsFirst: boolean | undefined;
        this.OPTION(() => {
          descending = this.OR([
            { ALT: () => this.CONSUME(t.Asc) && false },
            { ALT: () => this.CONSUME(t.Desc) && true },
          ]);
        });
        this.OPTION1(() => {
          this.CONSUME(t.Nulls);
          nullsFirst = this.OR1([
            { ALT: () => this.CONSUME(t.First) && true },
            { ALT: () => this.CONSUME(t.Last) && false },
          ]);
        });
        keys.push({ expression, descending, nullsFirst: nullsFirst ?? !descending });
      },
    });
    return keys;
  });

  /** `kind=inner` and the like between an operator's name and what it works on. A value list limits what may be said. */
  protected readonly settings: ParserMethod<[Settings], Readonly<Record<string, string>>> = this.RULE(
    "settings form",
    (known: Settings) => {
      const said: Record<string, string> = {};
      this.MANY({
        GATE: () => this.LA(2).tokenType === t.Assign && Object.hasOwn(known, this.LA(1).image.toLowerCase()),
        DEF: () => {
          const name = this.CONSUME(t.Name);
          this.CONSUME(t.Assign);
          const value = this.OR([
            { ALT: () => this.CONSUME1(t.Name) },
            { ALT: () => this.CONSUME(t.True) },
            { ALT: () => this.CONSUME(t.False) },
          ]);
          this.ACTION(() => {
            const setting = name.image.toLowerCase();
            const values = known[setting];
            const word = values === undefined ? value.image : value.image.toLowerCase();
            if (values !== undefined && !values.includes(word)) {
              throw queryError(
                "ParserFailure",
                `${setting}=${value.image} is not supported here. Possible are: ${values.join(", ")}.`,
                placeOf(value),
              );
            }
            said[setting] = word;
          });
        },
      });
      return said;
    },
  );

  /** Whether `name =` begins here; one more word than the parser looks ahead. */
  private isNamed(): boolean {
    if (tokenMatcher(this.LA(1), t.Name)) return this.LA(2).tokenType === t.Assign;
    return (
      this.LA(1).tokenType === t.OpenBracket &&
      this.LA(2).tokenType === t.StringLiteral &&
      this.LA(3).tokenType === t.CloseBracket &&
      this.LA(4).tokenType === t.Assign
    );
  }
}

type Settings = Readonly<Record<string, readonly string[] | undefined>>;
