/** What the first `where`s of a query say about rows, in a form that an index can answer. */
import type { Expression, Operator } from "../language/ast.ts";
import type { Hint } from "./tables.ts";

/** Only conditions before anything else happens to a row are about the table itself. */
export function hintsOf(operators: readonly Operator[]): readonly Hint[] {
  const hints: Hint[] = [];
  for (const operator of operators) {
    if (operator.kind !== "where") break;
    const terms = operator.predicate.kind === "and" ? operator.predicate.terms : [operator.predicate];
    for (const term of terms) {
      const hint = hintOf(term);
      if (hint) hints.push(hint);
    }
  }
  return hints;
}

function hintOf(term: Expression): Hint | undefined {
  if (term.kind === "binary" && (term.operator === "==" || term.operator === "=~")) {
    return hintFor(term.left, [term.right]) ?? hintFor(term.right, [term.left]);
  }
  if (term.kind === "in" && !term.negated) return hintFor(term.value, term.list);
  if (term.kind !== "or") return undefined;
  // `type == 'a' or type == 'b'`: all about the same column.
  const hints = term.terms.map(hintOf);
  const [first] = hints;
  if (!first || !hints.every((one) => one?.column === first.column && one.member === first.member)) return undefined;
  return { ...first, values: hints.flatMap((one) => one?.values ?? []) };
}

function hintFor(subject: Expression, list: readonly Expression[]): Hint | undefined {
  const values = list.map(textOf);
  if (!values.every((value) => value !== undefined)) return undefined;
  const bare =
    subject.kind === "call" && /^(?:tolower|tostring)$/i.test(subject.name) ? subject.parameters[0] : subject;
  if (bare?.kind === "name") return { column: bare.name.toLowerCase(), values };
  if (bare?.kind === "member" && bare.object.kind === "name") {
    // What is not there equals the empty text, and no index knows what is not there.
    if (values.includes("")) return undefined;
    return { column: bare.object.name.toLowerCase(), member: bare.name.toLowerCase(), values };
  }
  return undefined;
}

/** Literals only: a name may be a column, which hides what `let` calls so. */
const textOf = (expression: Expression): string | undefined =>
  expression.kind === "literal" && expression.literal.type === "string"
    ? expression.literal.value.toLowerCase()
    : undefined;
