/**
 * The grammar, as a recursive-descent parser that makes the tree while it reads. Each rule stands for one form of the language;
 * what a rule returns is in ast.ts. Code inside `ACTION` does not run while the library looks the rules over. The rules must all
 * be members of one object, so the parts of the grammar are classes, each made from what it builds on: values, expressions, columns,
 * `join` and `union`, all operators, and here the query around them.
 */
import type { ParserMethod } from "chevrotain";
import type { Let, Operator, Pipeline, Query, Source } from "./ast.ts";
import { OperatorGrammar } from "./operator-grammar.ts";
import { placeOf } from "./place-of.ts";
import * as t from "./tokens.ts";

export class Grammar extends OperatorGrammar {
  constructor() {
    super();
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

  protected readonly pipeline: ParserMethod<[], Pipeline> = this.RULE("pipeline form", (): Pipeline => {
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

  /** Whether a `let` holds rows: then a pipe or a union comes before its end. */
  private isTabular(): boolean {
    for (let ahead = 1; ; ahead++) {
      const { tokenType } = this.LA(ahead);
      if (tokenType === t.Pipe || tokenType === t.Union) return true;
      if (tokenType === t.Semicolon || Number.isNaN(this.LA(ahead).startOffset)) return false;
    }
  }
}
