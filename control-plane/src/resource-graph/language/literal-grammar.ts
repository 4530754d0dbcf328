/** The part of the grammar that is about what stands for itself: values, and the names of columns and types. */
import { EmbeddedActionsParser, type IToken, type ParserMethod } from "chevrotain";
import type { ColumnName, Expression, Json, ScalarType } from "./ast.ts";
import { readText, readTimespan, readType, readTypedLiteral } from "./literals.ts";
import { placeOf } from "./place-of.ts";
import * as t from "./tokens.ts";

export abstract class LiteralGrammar extends EmbeddedActionsParser {
  constructor() {
    super(t.tokens, { maxLookahead: 2, recoveryEnabled: false });
  }

  protected readonly literal: ParserMethod<[], Expression> = this.RULE(
    "literal form",
    (): Expression =>
      this.OR([
        {
          ALT: () => {
            const token = this.CONSUME(t.StringLiteral);
            return this.ACTION(() => literalOf(token, { type: "string", value: readText(token.image) }));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(t.LongLiteral);
            return this.ACTION(() => literalOf(token, { type: "long", value: Number(token.image) }));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(t.RealLiteral);
            return this.ACTION(() => literalOf(token, { type: "real", value: Number(token.image) }));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(t.TimespanLiteral);
            return this.ACTION(() => literalOf(token, { type: "timespan", value: readTimespan(token.image) }));
          },
        },
        {
          ALT: () => {
            const token = this.OR1([{ ALT: () => this.CONSUME(t.True) }, { ALT: () => this.CONSUME(t.False) }]);
            return this.ACTION(() => literalOf(token, { type: "bool", value: token.image.toLowerCase() === "true" }));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(t.TypedLiteral);
            return this.ACTION(() => literalOf(token, readTypedLiteral(token.image, placeOf(token))));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(t.Dynamic);
            this.CONSUME(t.OpenParen);
            const value = this.SUBRULE(this.json);
            this.CONSUME(t.CloseParen);
            return this.ACTION(() => literalOf(token, { type: "dynamic", value }));
          },
        },
      ]),
  );

  private readonly json: ParserMethod<[], Json> = this.RULE(
    "JSON form",
    (): Json =>
      this.OR([
        {
          ALT: () => {
            const text = this.CONSUME(t.StringLiteral);
            return this.ACTION(() => readText(text.image));
          },
        },
        {
          ALT: () => {
            let isNegative = false;
            this.OPTION(() => {
              this.CONSUME(t.Minus);
              isNegative = true;
            });
            const number = this.OR1([
              { ALT: () => this.CONSUME(t.LongLiteral) },
              { ALT: () => this.CONSUME(t.RealLiteral) },
            ]);
            return this.ACTION(() => (isNegative ? -Number(number.image) : Number(number.image)));
          },
        },
        { ALT: () => this.CONSUME(t.True) && true },
        { ALT: () => this.CONSUME(t.False) && false },
        { ALT: () => this.CONSUME(t.Null) && null },
        {
          ALT: () => {
            const list: Json[] = [];
            this.CONSUME(t.OpenBracket);
            this.MANY_SEP({ SEP: t.Comma, DEF: () => list.push(this.SUBRULE(this.json)) });
            this.CONSUME(t.CloseBracket);
            return list;
          },
        },
        {
          ALT: () => {
            const members: [string, Json][] = [];
            this.CONSUME(t.OpenBrace);
            this.MANY_SEP1({
              SEP: t.Comma,
              DEF: () => {
                const name = this.CONSUME1(t.StringLiteral);
                this.CONSUME(t.Colon);
                const value = this.SUBRULE1(this.json);
                this.ACTION(() => members.push([readText(name.image), value]));
              },
            });
            this.CONSUME(t.CloseBrace);
            return this.ACTION(() => Object.fromEntries(members));
          },
        },
      ]),
  );

  protected readonly columnName: ParserMethod<[], ColumnName> = this.RULE(
    "column name form",
    (): ColumnName =>
      this.OR([
        {
          ALT: () => {
            const name = this.CONSUME(t.Name);
            return this.ACTION(() => ({ name: name.image, at: placeOf(name) }));
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.OpenBracket);
            const name = this.CONSUME(t.StringLiteral);
            this.CONSUME(t.CloseBracket);
            return this.ACTION(() => ({ name: readText(name.image), at: placeOf(name) }));
          },
        },
      ]),
  );

  protected readonly typeName: ParserMethod<[], ScalarType> = this.RULE("type form", (): ScalarType => {
    const name = this.OR([{ ALT: () => this.CONSUME(t.Name) }, { ALT: () => this.CONSUME(t.Dynamic) }]);
    return this.ACTION(() => readType(name.image, placeOf(name)));
  });
}

const literalOf = (token: IToken, literal: Extract<Expression, { kind: "literal" }>["literal"]): Expression => ({
  kind: "literal",
  at: placeOf(token),
  literal,
});
