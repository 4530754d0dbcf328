/** What the grammar makes of a query: plain data, with the place in the text of everything that an error may be about. */

/** A word of the query, where it begins. Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly word: string;
}

export type ScalarType = "string" | "long" | "real" | "bool" | "datetime" | "timespan" | "dynamic";

/** JSON, as `dynamic(…)` holds it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export type Literal =
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "long" | "real"; readonly value: number | null }
  | { readonly type: "bool"; readonly value: boolean | null }
  /** Milliseconds since 1970, and milliseconds. */
  | { readonly type: "datetime" | "timespan"; readonly value: number | null }
  | { readonly type: "dynamic"; readonly value: Json };

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "=="
  | "!="
  | "=~"
  | "!~"
  | "<"
  | "<="
  | ">"
  | ">="
  | TextOperator;

/** `contains`, `has` and their kin; `!` before it negates, `_cs` after it minds the case. */
export interface TextOperator {
  readonly test: TextTest;
  readonly negated: boolean;
  readonly caseSensitive: boolean;
}
export type TextTest = "contains" | "has" | "hasprefix" | "hassuffix" | "startswith" | "endswith" | "matches regex";

export type Expression = { readonly at: Place } & (
  | { readonly kind: "literal"; readonly literal: Literal }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "member"; readonly object: Expression; readonly name: string }
  | { readonly kind: "index"; readonly object: Expression; readonly index: Expression }
  | { readonly kind: "call"; readonly name: string; readonly parameters: readonly Expression[] }
  | { readonly kind: "star" }
  | { readonly kind: "negative"; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "and" | "or"; readonly terms: readonly Expression[] }
  | {
      readonly kind: "in";
      readonly negated: boolean;
      readonly ignoreCase: boolean;
      readonly value: Expression;
      readonly list: readonly Expression[];
    }
  | {
      readonly kind: "has any" | "has all";
      readonly value: Expression;
      readonly list: readonly Expression[];
    }
  | {
      readonly kind: "between";
      readonly negated: boolean;
      readonly value: Expression;
      readonly low: Expression;
      readonly high: Expression;
    }
);

export type ExpressionOf<Kind extends Expression["kind"]> = Extract<Expression, { readonly kind: Kind }>;

/** `name = expression`; without a name the column gets one that follows from the expression. */
export interface NamedExpression {
  readonly name?: string | undefined;
  readonly expression: Expression;
  readonly at: Place;
}

/** A column as it is written; `*` in it stands for any text where patterns are allowed. */
export interface ColumnName {
  readonly name: string;
  readonly at: Place;
}

export interface SortKey {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export type ParsePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "star" }
  | { readonly kind: "column"; readonly name: string; readonly type: ScalarType; readonly at: Place };

export const joinKinds = [
  "innerunique",
  "inner",
  "leftouter",
  "rightouter",
  "fullouter",
  "leftanti",
  "rightanti",
  "leftsemi",
  "rightsemi",
] as const;
export type JoinKind = (typeof joinKinds)[number];

export interface ExpandedColumn extends NamedExpression {
  readonly type: ScalarType;
}

export type Operator = { readonly at: Place } & (
  | { readonly kind: "where"; readonly predicate: Expression }
  | { readonly kind: "project" | "extend"; readonly columns: readonly NamedExpression[] }
  | { readonly kind: "project-away" | "project-keep"; readonly columns: readonly ColumnName[] }
  | {
      readonly kind: "project-rename";
      readonly columns: readonly { readonly to: ColumnName; readonly from: ColumnName }[];
    }
  | {
      readonly kind: "parse" | "parse-where";
      readonly expression: Expression;
      readonly parts: readonly ParsePart[];
    }
  | {
      readonly kind: "join";
      readonly join: JoinKind;
      readonly right: Pipeline;
      readonly on: readonly { readonly left: ColumnName; readonly right: ColumnName }[];
    }
  | ({ readonly kind: "union" } & Union)
  | {
      readonly kind: "mv-expand";
      readonly columns: readonly ExpandedColumn[];
      readonly indexName?: string | undefined;
      readonly limit?: number | undefined;
    }
  | {
      readonly kind: "summarize";
      readonly aggregates: readonly NamedExpression[];
      readonly by: readonly NamedExpression[];
    }
  | { readonly kind: "sort"; readonly keys: readonly SortKey[] }
  | { readonly kind: "top"; readonly count: Expression; readonly keys: readonly SortKey[] }
  | { readonly kind: "take"; readonly count: Expression }
  | { readonly kind: "distinct"; readonly columns: readonly NamedExpression[] | "*" }
  | { readonly kind: "count" }
);
export type OperatorOf<Kind extends Operator["kind"]> = Extract<Operator, { readonly kind: Kind }>;

export interface Union {
  readonly legs: readonly Pipeline[];
  readonly columns: "inner" | "outer";
  /** The name of a column that says which leg a row came from. */
  readonly sourceName?: string | undefined;
}

export type Source =
  | { readonly kind: "table"; readonly name: string; readonly at: Place }
  | { readonly kind: "pipeline"; readonly pipeline: Pipeline; readonly at: Place }
  | ({ readonly kind: "union"; readonly at: Place } & Union);

export interface Pipeline {
  readonly source: Source;
  readonly operators: readonly Operator[];
}

export interface Let {
  readonly name: ColumnName;
  readonly value:
    | { readonly kind: "scalar"; readonly expression: Expression }
    | { readonly kind: "tabular"; readonly pipeline: Pipeline };
}

export interface Query {
  readonly lets: readonly Let[];
  readonly body: Pipeline;
}
