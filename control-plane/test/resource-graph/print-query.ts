/** Writes a tree as a query again, so that tests can see whether reading that gives the same tree. */
import type {
  ColumnName,
  Expression,
  Json,
  Literal,
  NamedExpression,
  Operator,
  Pipeline,
  Query,
  ScalarType,
  SortKey,
  Source,
  Union,
} from "../../src/resource-graph/language/ast.ts";

/** Everything but plain characters as an escape. */
const quote = (text: string): string =>
  `'${text.replaceAll(/[^ -~]|[\\\\']/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)}'`;
const name = (text: string): string => `['${quote(text).slice(1, -1)}']`;
const list = <T>(items: readonly T[], print: (item: T) => string): string => items.map(print).join(", ");

export const printQuery = ({ lets, body }: Query): string =>
  [
    ...lets.map(
      ({ name: { name: own }, value }) =>
        `let ${own} = ${value.kind === "tabular" ? printPipeline(value.pipeline) : printExpression(value.expression)};`,
    ),
    printPipeline(body),
  ].join("\n");

const printPipeline = ({ source, operators }: Pipeline): string =>
  [printSource(source), ...operators.map(printOperator)].join(" | ");

function printSource(source: Source): string {
  if (source.kind === "table") return source.name;
  return source.kind === "pipeline" ? `(${printPipeline(source.pipeline)})` : printUnion(source);
}

/** A leg that is a table alone is written without parentheses. */
const printLeg = (leg: Pipeline): string =>
  leg.source.kind === "table" && leg.operators.length === 0 ? leg.source.name : `(${printPipeline(leg)})`;

const printUnion = ({ legs, columns, sourceName }: Union): string =>
  `union kind=${columns}${sourceName === undefined ? "" : ` withsource=${sourceName}`} ${list(legs, printLeg)}`;

const printNamed = ({ name: own, expression }: NamedExpression): string =>
  own === undefined ? printExpression(expression) : `${name(own)} = ${printExpression(expression)}`;
const printColumn = ({ name: own }: ColumnName): string => name(own);
const printKey = ({ expression, descending, nullsFirst }: SortKey): string =>
  `${printExpression(expression)} ${descending ? "desc" : "asc"} nulls ${nullsFirst ? "first" : "last"}`;
const typeOf = (type: ScalarType): string => type;

function printOperator(operator: Operator): string {
  switch (operator.kind) {
    case "where":
      return `where ${printExpression(operator.predicate)}`;
    case "project":
    case "extend":
      return `${operator.kind} ${list(operator.columns, printNamed)}`;
    case "project-away":
    case "project-keep":
      return `${operator.kind} ${list(operator.columns, (column) => column.name)}`;
    case "project-rename":
      return `project-rename ${list(operator.columns, ({ to, from }) => `${printColumn(to)} = ${printColumn(from)}`)}`;
    case "parse":
    case "parse-where":
      return `${operator.kind} ${printExpression(operator.expression)} with ${operator.parts
        .map((part) =>
          part.kind === "star"
            ? "*"
            : part.kind === "text"
              ? quote(part.text)
              : `${name(part.name)}:${typeOf(part.type)}`,
        )
        .join(" ")}`;
    case "join":
      return `join kind=${operator.join} ${printLeg(operator.right)} on ${list(
        operator.on,
        ({ left, right }) => `$left.${printColumn(left)} == $right.${printColumn(right)}`,
      )}`;
    case "union":
      return printUnion(operator);
    case "mv-expand": {
      const index = operator.indexName === undefined ? "" : `with_itemindex=${operator.indexName} `;
      const columns = list(operator.columns, (column) => `${printNamed(column)} to typeof(${typeOf(column.type)})`);
      return `mv-expand ${index}${columns}${operator.limit === undefined ? "" : ` limit ${operator.limit}`}`;
    }
    case "summarize":
      return `summarize ${list(operator.aggregates, printNamed)}${operator.by.length > 0 ? ` by ${list(operator.by, printNamed)}` : ""}`;
    case "sort":
      return `sort by ${list(operator.keys, printKey)}`;
    case "top":
      return `top ${printExpression(operator.count)} by ${list(operator.keys, printKey)}`;
    case "take":
      return `take ${printExpression(operator.count)}`;
    case "distinct":
      return `distinct ${operator.columns === "*" ? "*" : list(operator.columns, printNamed)}`;
    case "count":
      return "count";
  }
}

function printExpression(expression: Expression): string {
  const print = (each: Expression): string => printExpression(each);
  switch (expression.kind) {
    case "literal":
      return printLiteral(expression.literal);
    case "name":
      return name(expression.name);
    case "member":
      return `${print(expression.object)}['${quote(expression.name).slice(1, -1)}']`;
    case "index":
      return `${print(expression.object)}[${print(expression.index)}]`;
    case "call":
      return `${expression.name}(${list(expression.parameters, print)})`;
    case "star":
      return "*";
    case "negative":
      return `(-(${print(expression.operand)}))`;
    case "binary": {
      const { operator } = expression;
      const word =
        typeof operator === "string"
          ? operator
          : `${operator.negated ? "!" : ""}${operator.test}${operator.caseSensitive && operator.test !== "matches regex" ? "_cs" : ""}`;
      return `(${print(expression.left)} ${word} ${print(expression.right)})`;
    }
    case "and":
    case "or":
      return `(${expression.terms.map(print).join(` ${expression.kind} `)})`;
    case "in":
      return `(${print(expression.value)} ${expression.negated ? "!" : ""}in${expression.ignoreCase ? "~" : ""} (${list(expression.list, print)}))`;
    case "has any":
    case "has all":
      return `(${print(expression.value)} ${expression.kind.replace(" ", "_")} (${list(expression.list, print)}))`;
    case "between":
      return `(${print(expression.value)} ${expression.negated ? "!" : ""}between ((${print(expression.low)}) .. (${print(expression.high)})))`;
  }
}

function printLiteral({ type, value }: Literal): string {
  if (type === "string") return quote(value);
  if (type === "dynamic") return `dynamic(${printJson(value)})`;
  if (value === null) return `${type}(null)`;
  if (type === "bool") return String(value);
  if (type === "datetime") return `datetime(${new Date(Number(value)).toISOString()})`;
  if (type === "timespan") return `${value}ms`;
  return `${type}(${value})`;
}

function printJson(value: Json): string {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return `[${list(value, printJson)}]`;
  if (typeof value === "object" && value !== null) {
    return `{${list(Object.entries(value), ([key, each]) => `${quote(key)}: ${printJson(each)}`)}}`;
  }
  return String(value);
}
