/** The part of the grammar that is about expressions, from what binds least (`or`) to what binds most (a value). */
import type { IToken, ParserMethod } from "chevrotain";
import type { Expression } from "./ast.ts";
import { LiteralGrammar } from "./literal-grammar.ts";
import { readText } from "./literals.ts";
import { binary, joinTerms, membership } from "./make-expression.ts";
import { placeOf } from "./place-of.ts";
import * as t from "./tokens.ts";

export abstract class ExpressionGrammar extends LiteralGrammar {
  protected readonly expression: ParserMethod<[], Expression> = this.RULE("expression form", (): Expression => {
    const terms = [this.SUBRULE(this.conjunction)];
    this.MANY(() => {
      this.CONSUME(t.Or);
      terms.push(this.SUBRULE1(this.conjunction));
    });
    return joinTerms("or", terms);
  });

  private readonly conjunction: ParserMethod<[], Expression> = this.RULE("conjunction form", (): Expression => {
    const terms = [this.SUBRULE(this.comparison)];
    this.MANY(() => {
      this.CONSUME(t.And);
      terms.push(this.SUBRULE1(this.comparison));
    });
    return joinTerms("and", terms);
  });

  private readonly comparison: ParserMethod<[], Expression> = this.RULE("comparison form", (): Expression => {
    const left = this.SUBRULE(this.sum);
    let whole = left;
    this.OPTION(() => {
      whole = this.OR([
        {
          ALT: () => {
            const token = this.OR1([
              { ALT: () => this.CONSUME(t.Equality) },
              { ALT: () => this.CONSUME(t.Relation) },
              { ALT: () => this.CONSUME(t.TextTestWord) },
              { ALT: () => this.SUBRULE(this.matchesRegex) },
            ]);
            const right = this.SUBRULE1(this.sum);
            return this.ACTION<Expression>(() => binary(left, token, right));
          },
        },
        {
          ALT: () => {
            const token = this.OR2([
              { ALT: () => this.CONSUME(t.In) },
              { ALT: () => this.CONSUME(t.NotIn) },
              { ALT: () => this.CONSUME(t.InIgnoreCase) },
              { ALT: () => this.CONSUME(t.NotInIgnoreCase) },
              { ALT: () => this.CONSUME(t.HasAny) },
              { ALT: () => this.CONSUME(t.HasAll) },
            ]);
            const list = this.SUBRULE(this.parameters);
            return this.ACTION<Expression>(() => membership(left, token, list));
          },
        },
        {
          ALT: () => {
            const token = this.OR3([{ ALT: () => this.CONSUME(t.Between) }, { ALT: () => this.CONSUME(t.NotBetween) }]);
            this.CONSUME(t.OpenParen);
            const low = this.SUBRULE2(this.sum);
            this.CONSUME(t.DotDot);
            const high = this.SUBRULE3(this.sum);
            this.CONSUME(t.CloseParen);
            return this.ACTION<Expression>(() => ({
              kind: "between",
              at: placeOf(token),
              negated: token.image.startsWith("!"),
              value: left,
              low,
              high,
            }));
          },
        },
      ]);
    });
    return whole;
  });

  private readonly matchesRegex: ParserMethod<[], IToken> = this.RULE("matches regex form", (): IToken => {
    const token = this.CONSUME(t.Matches);
    this.CONSUME(t.Regex);
    return token;
  });

  private readonly sum: ParserMethod<[], Expression> = this.RULE("sum form", (): Expression => {
    let left = this.SUBRULE(this.product);
    this.MANY(() => {
      const token = this.OR([{ ALT: () => this.CONSUME(t.Plus) }, { ALT: () => this.CONSUME(t.Minus) }]);
      const right = this.SUBRULE1(this.product);
      left = this.ACTION(() => binary(left, token, right));
    });
    return left;
  });

  private readonly product: ParserMethod<[], Expression> = this.RULE("product form", (): Expression => {
    let left = this.SUBRULE(this.signed);
    this.MANY(() => {
      const token = this.OR([{ ALT: () => this.CONSUME(t.Star) }, { ALT: () => this.CONSUME(t.Divide) }]);
      const right = this.SUBRULE1(this.signed);
      left = this.ACTION(() => binary(left, token, right));
    });
    return left;
  });

  private readonly signed: ParserMethod<[], Expression> = this.RULE("signed form", (): Expression => {
    let minus: IToken | undefined;
    this.OPTION(() => {
      minus = this.CONSUME(t.Minus);
    });
    const operand = this.SUBRULE(this.path);
    return this.ACTION(() => (minus === undefined ? operand : { kind: "negative", at: placeOf(minus), operand }));
  });

  private readonly path: ParserMethod<[], Expression> = this.RULE("path form", (): Expression => {
    let object = this.SUBRULE(this.primary);
    this.MANY(() => {
      object = this.OR([
        {
          ALT: () => {
            this.CONSUME(t.Dot);
            const name = this.CONSUME(t.Name);
            return this.ACTION<Expression>(() => ({ kind: "member", at: placeOf(name), object, name: name.image }));
          },
        },
        {
          ALT: () => {
            const at = this.CONSUME(t.OpenBracket);
            const index = this.SUBRULE(this.expression);
            this.CONSUME(t.CloseBracket);
            return this.ACTION<Expression>(() =>
              index.kind === "literal" && index.literal.type === "string"
                ? { kind: "member", at: index.at, object, name: index.literal.value }
                : { kind: "index", at: placeOf(at), object, index },
            );
          },
        },
      ]);
    });
    return object;
  });

  private readonly primary: ParserMethod<[], Expression> = this.RULE(
    "value",
    (): Expression =>
      this.OR([
        { ALT: () => this.SUBRULE(this.literal) },
        { ALT: () => this.SUBRULE(this.nameOrCall) },
        {
          ALT: () => {
            this.CONSUME(t.OpenBracket);
            const name = this.CONSUME(t.StringLiteral);
            this.CONSUME(t.CloseBracket);
            return this.ACTION<Expression>(() => ({ kind: "name", at: placeOf(name), name: readText(name.image) }));
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.OpenParen);
            const inner = this.SUBRULE(this.expression);
            this.CONSUME(t.CloseParen);
            return inner;
          },
        },
      ]),
  );

  private readonly nameOrCall: ParserMethod<[], Expression> = this.RULE("name form", (): Expression => {
    const name = this.CONSUME(t.Name);
    let parameters: Expression[] | undefined;
    this.OPTION(() => {
      parameters = this.SUBRULE(this.parameters);
    });
    return this.ACTION(() =>
      parameters === undefined
        ? { kind: "name", at: placeOf(name), name: name.image }
        : { kind: "call", at: placeOf(name), name: name.image, parameters },
    );
  });

  private readonly parameters: ParserMethod<[], Expression[]> = this.RULE("parameters form", (): Expression[] => {
    const list: Expression[] = [];
    this.CONSUME(t.OpenParen);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => {
        this.OR([
          {
            ALT: () => {
              const star = this.CONSUME(t.Star);
              this.ACTION(() => list.push({ kind: "star", at: placeOf(star) }));
            },
          },
          { ALT: () => list.push(this.SUBRULE(this.expression)) },
        ]);
      },
    });
    this.CONSUME(t.CloseParen);
    return list;
  });
}
