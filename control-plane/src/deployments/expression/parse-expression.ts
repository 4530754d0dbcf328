/**
 * The expression language of templates, `[concat(parameters('name'), '-x')]`:
 *
 *     expression := primary { "." name | "[" expression "]" }
 *     primary    := text | number | name "(" [ expression { "," expression } ] ")"
 *     text       := "'" { any but "'" | "''" } "'"
 */
import { invalidTemplate } from "../invalid-template.ts";

export type Expression =
  | { readonly kind: "literal"; readonly value: string | number }
  | { readonly kind: "call"; readonly name: string; readonly parts: readonly Expression[] }
  | { readonly kind: "member"; readonly of: Expression; readonly name: Expression };

const maxLength = 24_576;
const maxDepth = 60;

/** A text of a template is an expression when it stands in brackets; `[[` at the beginning is a bracket that is meant as such. */
export const isExpression = (text: string): boolean =>
  text.startsWith("[") && text.endsWith("]") && !text.startsWith("[[");

/** A text that is no expression, as it is meant. */
export const literalOf = (text: string): string => (text.startsWith("[[") ? text.slice(1) : text);

export function parseExpression(text: string): Expression {
  if (text.length > maxLength) throw invalidTemplate(`an expression is longer than ${maxLength} characters`);
  const parser = new ExpressionParser(text.slice(1, -1), text);
  return parser.parse();
}

class ExpressionParser {
  readonly #source: string;
  readonly #whole: string;
  #at = 0;

  constructor(source: string, whole: string) {
    this.#source = source;
    this.#whole = whole;
  }

  parse(): Expression {
    const expression = this.#expression(0);
    if (this.#peek() !== undefined) throw this.#refusal();
    return expression;
  }

  #expression(depth: number): Expression {
    if (depth > maxDepth)
      throw invalidTemplate(`the expression '${this.#shown()}' nests deeper than ${maxDepth} levels`);
    let expression = this.#primary(depth);
    for (;;) {
      if (this.#take(/\./y)) {
        const name = this.#take(/[A-Za-z_$][\w$-]*/y);
        if (name === undefined) throw this.#refusal();
        expression = { kind: "member", of: expression, name: { kind: "literal", value: name } };
      } else if (this.#take(/\[/y)) {
        expression = { kind: "member", of: expression, name: this.#expression(depth + 1) };
        if (!this.#take(/\]/y)) throw this.#refusal();
      } else return expression;
    }
  }

  #primary(depth: number): Expression {
    const text = this.#take(/'(?:[^']|'')*'/y);
    if (text !== undefined) return { kind: "literal", value: text.slice(1, -1).replaceAll("''", "'") };
    const number = this.#take(/-?\d+(?![\w.])/y);
    if (number !== undefined) return { kind: "literal", value: Number(number) };
    const name = this.#take(/[A-Za-z_][\w.]*/y);
    if (name === undefined || !this.#take(/\(/y)) throw this.#refusal();
    const parts: Expression[] = [];
    if (this.#take(/\)/y)) return { kind: "call", name, parts };
    do parts.push(this.#expression(depth + 1));
    while (this.#take(/,/y));
    if (!this.#take(/\)/y)) throw this.#refusal();
    return { kind: "call", name, parts };
  }

  #peek(): string | undefined {
    this.#skipSpaces();
    return this.#source[this.#at];
  }

  #take(pattern: RegExp): string | undefined {
    this.#skipSpaces();
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    if (!match) return undefined;
    this.#at += match[0].length;
    return match[0];
  }

  #skipSpaces(): void {
    while (/\s/.test(this.#source[this.#at] ?? "")) this.#at++;
  }

  #shown(): string {
    return this.#whole.length > 200 ? `${this.#whole.slice(0, 200)}…` : this.#whole;
  }

  #refusal() {
    const rest = this.#source.slice(this.#at, this.#at + 40);
    return invalidTemplate(
      `the expression '${this.#shown()}' is not understood at ${rest === "" ? "its end" : `'${rest}'`} (character ${this.#at + 2})`,
    );
  }
}
