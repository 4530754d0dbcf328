/**
 * The grammar, as a recursive-descent parser that makes the tree while it reads. Each rule stands for one form of the language;
 * what a rule returns is in ast.ts. Code inside `ACTION` does not run while the library looks the rules over.
 */
import { EmbeddedActionsParser, type IToken, type ParserMethod, tokenMatcher } from "chevrotain";
import { queryError, quote } from "../query-error.ts";
import {
  type BinaryOperator,
  type ColumnName,
  type ExpandedColumn,
  type Expression,
  type JoinKind,
  type Json,
  joinKinds,
  type Let,
  type NamedExpression,
  type Operator,
  type ParsePart,
  type Pipeline,
  type Place,
  type Query,
  type ScalarType,
  type SortKey,
  type Source,
  type TextOperator,
  type Union as UnionOf,
} from "./ast.ts";
import { readText, readTimespan, readType, readTypedLiteral } from "./literals.ts";
import * as t from "./tokens.ts";

export const placeOf = (token: IToken): Place => ({
  line: token.startLine ?? 1,
  column: token.startColumn ?? 1,
  word: token.image,
});

export class Grammar extends EmbeddedActionsParser {
  constructor() {
    super(t.tokens, { maxLookahead: 2, recoveryEnabled: false });
    this.performSelfAnalysis();
  }

  readonly query: ParserMethod<[], Query> = this.RULE("query form", (): Query => {
    const lets: Let[] = [];
    this.MANY(() => {
      lets.push(this.SUBRULE(this.letStatement));
    });
    const body = this.SUBRULE(this.pipeline);
    this.OPTION(() => this.CONSUME(t.Semicolon));
    return { lets, body };
  });

  private readonly letStatement: ParserMethod<[], Let> = this.RULE("let form", (): Let => {
    this.CONSUME(t.Let);
    const name = this.SUBRULE(this.columnName);
    this.CONSUME(t.Assign);
    const value = this.OR([
      {
        GATE: () => this.isTabular(),
        ALT: (): Let["value"] => ({ kind: "tabular", pipeline: this.SUBRULE(this.pipeline) }),
      },
      { ALT: (): Let["value"] => ({ kind: "scalar", expression: this.SUBRULE(this.expression) }) },
    ]);
    this.CONSUME(t.Semicolon);
    return { name, value };
  });

  private readonly pipeline: ParserMethod<[], Pipeline> = this.RULE("pipeline form", (): Pipeline => {
    const source = this.SUBRULE(this.source);
    const operators: Operator[] = [];
    this.MANY(() => {
      this.CONSUME(t.Pipe);
      operators.push(this.SUBRULE(this.operator));
    });
    return { source, operators };
  });

  private readonly source: ParserMethod<[], Source> = this.RULE(
    "source form",
    (): Source =>
      this.OR([
        {
          ALT: () => {
            const at = this.CONSUME(t.Union);
            const union = this.SUBRULE(this.unionOf);
            return this.ACTION<Source>(() => ({ kind: "union", at: placeOf(at), ...union }));
          },
        },
        {
          ALT: () => {
            const at = this.CONSUME(t.OpenParen);
            const pipeline = this.SUBRULE(this.pipeline);
            this.CONSUME(t.CloseParen);
            return this.ACTION<Source>(() => ({ kind: "pipeline", at: placeOf(at), pipeline }));
          },
        },
        {
          ALT: () => {
            const at = this.CONSUME(t.Name);
            return this.ACTION<Source>(() => ({ kind: "table", name: at.image, at: placeOf(at) }));
          },
        },
      ]),
  );

  private readonly operator: ParserMethod<[], Operator> = this.RULE(
    "operator form",
    (): Operator =>
      this.OR([
        {
          ALT: () => {
            const at = this.OR1([{ ALT: () => this.CONSUME(t.Where) }, { ALT: () => this.CONSUME(t.Filter) }]);
            const predicate = this.SUBRULE(this.expression);
            return this.ACTION<Operator>(() => ({ kind: "where", at: placeOf(at), predicate }));
          },
        },
        {
          ALT: () => {
            const at = this.CONSUME(t.Project);
            const columns = this.SUBRULE(this.namedExpressions);
            return this.ACTION<Operator>(() => ({ kind: "project", at: placeOf(at), columns }));
          },
        },
        {
          ALT: () => {
            const at = this.CONSUME(t.Extend);
            const columns = this.SUBRULE1(this.namedExpressions);
            return this.ACTION<Operator>(() => ({ kind: "extend", at: placeOf(at), columns }));
          },
        },
        {
          ALT: () => {
            const at = this.CONSUME(t.ProjectAway);
            const columns = this.SUBRULE(this.columnPatterns);
            return this.ACTION<Operator>(() => ({ kind: "project-away", at: placeOf(at), columns }));
          },
        },
        {
          ALT: () => {
            const at = this.CONSUME(t.ProjectKeep);
            const columns = this.SUBRULE1(this.columnPatterns);
            return this.ACTION<Operator>(() => ({ kind: "project-keep", at: placeOf(at), columns }));
          },
        },
        { ALT: () => this.SUBRULE(this.rename) },
        { ALT: () => this.SUBRULE(this.parse) },
        { ALT: () => this.SUBRULE(this.join) },
        {
          ALT: () => {
            const at = this.CONSUME(t.Union);
            const union = this.SUBRULE(this.unionOf);
            return this.ACTION<Operator>(() => ({ kind: "union", at: placeOf(at), ...union }));
          },
        },
        { ALT: () => this.SUBRULE(this.expand) },
        { ALT: () => this.SUBRULE(this.summarize) },
        {
          ALT: () => {
            const at = this.OR2([{ ALT: () => this.CONSUME(t.Sort) }, { ALT: () => this.CONSUME(t.Order) }]);
            const keys = this.SUBRULE(this.sortKeys);
            return this.ACTION<Operator>(() => ({ kind: "sort", at: placeOf(at), keys }));
          },
        },
        {
          ALT: () => {
            const at = this.CONSUME(t.Top);
            const count = this.SUBRULE1(this.expression);
            const keys = this.SUBRULE1(this.sortKeys);
            return this.ACTION<Operator>(() => ({ kind: "top", at: placeOf(at), count, keys }));
          },
        },
        {
          ALT: () => {
            const at = this.OR3([{ ALT: () => this.CONSUME(t.Take) }, { ALT: () => this.CONSUME(t.Limit) }]);
            const count = this.SUBRULE2(this.expression);
            return this.ACTION<Operator>(() => ({ kind: "take", at: placeOf(at), count }));
          },
        },
        {
          ALT: () => {
            const at = this.CONSUME(t.Distinct);
            const columns = this.OR4([
              {
                ALT: (): "*" => {
                  this.CONSUME(t.Star);
                  return "*";
                },
              },
              { ALT: () => this.SUBRULE2(this.namedExpressions) },
            ]);
            return this.ACTION<Operator>(() => ({ kind: "distinct", at: placeOf(at), columns }));
          },
        },
        {
          ALT: () => {
            const at = this.CONSUME(t.Count);
            return this.ACTION<Operator>(() => ({ kind: "count", at: placeOf(at) }));
          },
        },
      ]),
  );

  private readonly rename: ParserMethod<[], Operator> = this.RULE("project-rename form", (): Operator => {
    const at = this.CONSUME(t.ProjectRename);
    const columns: { to: ColumnName; from: ColumnName }[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const to = this.SUBRULE(this.columnName);
        this.CONSUME(t.Assign);
        columns.push({ to, from: this.SUBRULE1(this.columnName) });
      },
    });
    return this.ACTION(() => ({ kind: "project-rename", at: placeOf(at), columns }));
  });

  private readonly parse: ParserMethod<[], Operator> = this.RULE("parse form", (): Operator => {
    const at = this.OR([{ ALT: () => this.CONSUME(t.Parse) }, { ALT: () => this.CONSUME(t.ParseWhere) }]);
    this.SUBRULE(this.settings, { ARGS: [{ kind: ["simple", "relaxed"] }] });
    const expression = this.SUBRULE(this.expression);
    this.CONSUME(t.With);
    const parts: ParsePart[] = [];
    this.AT_LEAST_ONE(() => {
      this.OR1([
        {
          ALT: () => {
            this.CONSUME(t.Star);
            parts.push({ kind: "star" });
          },
        },
        {
          ALT: () => {
            const text = this.CONSUME(t.StringLiteral);
            this.ACTION(() => parts.push({ kind: "text", text: readText(text.image) }));
          },
        },
        {
          ALT: () => {
            const column = this.SUBRULE(this.columnName);
            let type: ScalarType = "string";
            this.OPTION(() => {
              this.CONSUME(t.Colon);
              type = this.SUBRULE(this.typeName);
            });
            this.ACTION(() => parts.push({ kind: "column", ...column, type }));
          },
        },
      ]);
    });
    return this.ACTION(() => ({
      kind: at.image.toLowerCase() === "parse" ? "parse" : "parse-where",
      at: placeOf(at),
      expression,
      parts,
    }));
  });

  private readonly join: ParserMethod<[], Operator> = this.RULE("join form", (): Operator => {
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

  private readonly unionOf: ParserMethod<[], UnionOf> = this.RULE("union form", (): UnionOf => {
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

  private readonly expand: ParserMethod<[], Operator> = this.RULE("mv-expand form", (): Operator => {
    const at = this.OR([{ ALT: () => this.CONSUME(t.MvExpand) }, { ALT: () => this.CONSUME(t.MvExpandOld) }]);
    const settings = this.SUBRULE(this.settings, {
      ARGS: [{ kind: ["bag"], bagexpansion: ["bag"], with_itemindex: undefined }],
    });
    const columns: ExpandedColumn[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const column = this.SUBRULE(this.namedExpression);
        let type: ScalarType = "dynamic";
        this.OPTION(() => {
          this.CONSUME(t.To);
          this.CONSUME(t.Typeof);
          this.CONSUME(t.OpenParen);
          type = this.SUBRULE(this.typeName);
          this.CONSUME(t.CloseParen);
        });
        columns.push({ ...column, type });
      },
    });
    let limit: number | undefined;
    this.OPTION1(() => {
      this.CONSUME(t.Limit);
      const count = this.CONSUME(t.LongLiteral);
      limit = this.ACTION(() => Number(count.image));
    });
    return this.ACTION(() => ({
      kind: "mv-expand",
      at: placeOf(at),
      columns,
      indexName: settings.with_itemindex,
      limit,
    }));
  });

  private readonly summarize: ParserMethod<[], Operator> = this.RULE("summarize form", (): Operator => {
    const at = this.CONSUME(t.Summarize);
    const aggregates: NamedExpression[] = [];
    const by: NamedExpression[] = [];
    this.MANY_SEP({ SEP: t.Comma, DEF: () => aggregates.push(this.SUBRULE(this.namedExpression)) });
    this.OPTION(() => {
      this.CONSUME(t.By);
      this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => by.push(this.SUBRULE1(this.namedExpression)) });
    });
    return this.ACTION(() => ({ kind: "summarize", at: placeOf(at), aggregates, by }));
  });

  private readonly sortKeys: ParserMethod<[], SortKey[]> = this.RULE("sort keys form", (): SortKey[] => {
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
  private readonly settings: ParserMethod<[Settings], Readonly<Record<string, string>>> = this.RULE(
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

  private readonly namedExpressions: ParserMethod<[], NamedExpression[]> = this.RULE(
    "expressions form",
    (): NamedExpression[] => {
      const columns: NamedExpression[] = [];
      this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => columns.push(this.SUBRULE(this.namedExpression)) });
      return columns;
    },
  );

  private readonly namedExpression: ParserMethod<[], NamedExpression> = this.RULE(
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

  private readonly columnPatterns: ParserMethod<[], ColumnName[]> = this.RULE("columns form", (): ColumnName[] => {
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

  private readonly columnName: ParserMethod<[], ColumnName> = this.RULE(
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

  private readonly typeName: ParserMethod<[], ScalarType> = this.RULE("type form", (): ScalarType => {
    const name = this.OR([{ ALT: () => this.CONSUME(t.Name) }, { ALT: () => this.CONSUME(t.Dynamic) }]);
    return this.ACTION(() => readType(name.image, placeOf(name)));
  });

  readonly expression: ParserMethod<[], Expression> = this.RULE("expression form", (): Expression => {
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

  private readonly literal: ParserMethod<[], Expression> = this.RULE(
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

  /** Whether a `let` holds rows: then a pipe or a union comes before its end. */
  private isTabular(): boolean {
    for (let ahead = 1; ; ahead++) {
      const { tokenType } = this.LA(ahead);
      if (tokenType === t.Pipe || tokenType === t.Union) return true;
      if (tokenType === t.Semicolon || Number.isNaN(this.LA(ahead).startOffset)) return false;
    }
  }
}

type Settings = Readonly<Record<string, readonly string[] | undefined>>;

const joinWords: Readonly<Record<string, JoinKind>> = {
  ...Object.fromEntries(joinKinds.map((kind) => [kind, kind])),
  anti: "leftanti",
  leftantisemi: "leftanti",
  rightantisemi: "rightanti",
};

const literalOf = (token: IToken, literal: Extract<Expression, { kind: "literal" }>["literal"]): Expression => ({
  kind: "literal",
  at: placeOf(token),
  literal,
});

function joinTerms(kind: "and" | "or", terms: readonly Expression[]): Expression {
  const [first] = terms;
  if (first === undefined || terms.length === 1) return first as Expression;
  return { kind, at: first.at, terms };
}

function binary(left: Expression, token: IToken, right: Expression): Expression {
  return { kind: "binary", at: placeOf(token), operator: operatorOf(token.image.toLowerCase()), left, right };
}

function operatorOf(word: string): BinaryOperator {
  if (word === "<>") return "!=";
  if (word === "matches") return { test: "matches regex", negated: false, caseSensitive: true };
  const text = /^(!?)([a-z]+?)(_cs)?$/.exec(word);
  if (!text) return word as Exclude<BinaryOperator, TextOperator>;
  return { test: text[2] as TextOperator["test"], negated: text[1] === "!", caseSensitive: text[3] !== undefined };
}

function membership(value: Expression, token: IToken, list: readonly Expression[]): Expression {
  const at = placeOf(token);
  const star = list.find(({ kind }) => kind === "star");
  if (star || list.length === 0)
    throw queryError("ParserFailure", `${quote(token.image)} needs a list of values.`, star?.at ?? at);
  const word = token.image.toLowerCase();
  if (word === "has_any" || word === "has_all")
    return { kind: word === "has_any" ? "has any" : "has all", at, value, list };
  return { kind: "in", at, negated: word.startsWith("!"), ignoreCase: word.endsWith("~"), value, list };
}
