/** The part of the grammar that is about what may follow a pipe. */
import type { ParserMethod } from "chevrotain";
import type { ColumnName, ExpandedColumn, NamedExpression, Operator, ParsePart, ScalarType } from "./ast.ts";
import { CombiningGrammar } from "./combining-grammar.ts";
import { readText } from "./literals.ts";
import { placeOf } from "./place-of.ts";
import * as t from "./tokens.ts";

export abstract class OperatorGrammar extends CombiningGrammar {
  protected readonly operator: ParserMethod<[], Operator> = this.RULE(
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
}
