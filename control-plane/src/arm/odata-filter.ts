/**
 * The `$filter` of lists: comparisons joined by `and` and `or`, in brackets or not. Anything else is refused: to ignore a filter would
 * show, or delete, more than was asked for.
 *
 *     or := and { "or" and }      and := term { "and" term }
 *     term := "(" or ")" | "substringof(" text "," field ")" | "startswith(" field "," text ")" | field ("eq" | "ne") text
 */
import { DomainError } from "../errors.ts";

/** The fields that lists can be filtered by. */
const fields = ["resourceGroup", "resourceType", "name", "location", "tagName", "tagValue"] as const;
export type FilterField = (typeof fields)[number];

export interface Comparison {
  readonly kind: "comparison";
  readonly field: Exclude<FilterField, "tagName" | "tagValue">;
  readonly operator: "eq" | "ne" | "contains" | "startsWith";
  readonly value: string;
}

/** A tag of that name; with a value when both stood side by side: `tagName eq 'a' and tagValue eq 'b'`. */
export interface HasTag {
  readonly kind: "tag";
  readonly name: string;
  readonly value?: string;
}

export interface AllOf {
  readonly kind: "and";
  readonly parts: readonly Filter[];
}

export interface AnyOf {
  readonly kind: "or";
  readonly parts: readonly Filter[];
}

export type Filter = Comparison | HasTag | AllOf | AnyOf;

/** What a filter looks at, in whatever case. */
export interface Filterable {
  readonly resourceGroup: string;
  readonly resourceType: string;
  readonly name: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, unknown>>;
}

/** So deep nobody nests; each level costs a level of the stack and of the statement. */
const maxDepth = 8;
const maxTerms = 50;

/** Reads a `$filter`; undefined when it says nothing. */
export function parseFilter(text: string | undefined): Filter | undefined {
  const source = text?.trim() ?? "";
  return source === "" ? undefined : new FilterParser(source).parse();
}

/** The same for what is in memory already. */
export function matchesFilter(filter: Filter | undefined, item: Filterable): boolean {
  if (filter === undefined) return true;
  if (filter.kind === "and") return filter.parts.every((part) => matchesFilter(part, item));
  if (filter.kind === "or") return filter.parts.some((part) => matchesFilter(part, item));
  if (filter.kind === "tag") {
    return Object.entries(item.tags).some(
      ([name, value]) =>
        name.toLowerCase() === filter.name.toLowerCase() &&
        (filter.value === undefined || String(value).toLowerCase() === filter.value.toLowerCase()),
    );
  }
  const held = item[filter.field].toLowerCase();
  const wanted = comparableValue(filter);
  if (filter.operator === "contains") return held.includes(wanted);
  if (filter.operator === "startsWith") return held.startsWith(wanted);
  return (held === wanted) === (filter.operator === "eq");
}

/** Locations are compared in their short form, everything in lower case. */
export const comparableValue = ({ field, value }: Comparison): string =>
  (field === "location" ? value.replaceAll(" ", "") : value).toLowerCase();

type Term = Filter | { readonly kind: "tagValue"; readonly value: string };

class FilterParser {
  readonly #text: string;
  #rest: string;
  #terms = 0;

  constructor(text: string) {
    this.#text = text;
    this.#rest = text;
  }

  parse(): Filter {
    const filter = this.#or(0);
    if (this.#rest !== "") throw this.#refusal();
    return filter;
  }

  #or(depth: number): Filter {
    if (depth > maxDepth) throw this.#refusal();
    const parts = [this.#and(depth)];
    while (this.#take(/^or\b\s*/i)) parts.push(this.#and(depth));
    return parts.length === 1 && parts[0] ? parts[0] : { kind: "or", parts };
  }

  #and(depth: number): Filter {
    const terms = [this.#term(depth)];
    while (this.#take(/^and\b\s*/i)) terms.push(this.#term(depth));
    const parts = this.#pairTags(terms);
    return parts.length === 1 && parts[0] ? parts[0] : { kind: "and", parts };
  }

  /** A value belongs to the name beside it; which tag a value alone is about nobody can tell. */
  #pairTags(terms: readonly Term[]): Filter[] {
    const values = terms.filter((term) => term.kind === "tagValue");
    const names = terms.filter((term) => term.kind === "tag");
    const [value] = values;
    if (value === undefined) return terms.filter((term) => term.kind !== "tagValue");
    if (values.length > 1 || names.length !== 1) {
      throw this.#refusal("tagValue must stand beside one tagName: \"tagName eq 'a' and tagValue eq 'b'\"");
    }
    return terms
      .filter((term) => term.kind !== "tagValue")
      .map((term) => (term.kind === "tag" ? { ...term, value: value.value } : term));
  }

  #term(depth: number): Term {
    if (++this.#terms > maxTerms) throw this.#refusal(`more than ${maxTerms} comparisons are too many`);
    if (this.#take(/^\(\s*/)) {
      const inner = this.#or(depth + 1);
      if (!this.#take(/^\)\s*/)) throw this.#refusal();
      return inner;
    }
    const contains = this.#take(/^substringof\(\s*'((?:[^']|'')*)'\s*,\s*(\w+)\s*\)\s*/i);
    if (contains) return this.#comparison(contains[2], "contains", contains[1]);
    const starts = this.#take(/^startswith\(\s*(\w+)\s*,\s*'((?:[^']|'')*)'\s*\)\s*/i);
    if (starts) return this.#comparison(starts[1], "startsWith", starts[2]);
    const before = this.#rest;
    const compared = this.#take(/^(\w+)\s+(eq|ne)\s+'((?:[^']|'')*)'\s*/i);
    if (!compared) throw this.#refusal();
    const operator = compared[2]?.toLowerCase() === "ne" ? "ne" : "eq";
    return this.#comparison(compared[1], operator, compared[3], before);
  }

  #comparison(name: string | undefined, operator: Comparison["operator"], quoted = "", before = this.#rest): Term {
    const field = fields.find((one) => one.toLowerCase() === name?.toLowerCase());
    const value = quoted.replaceAll("''", "'");
    if (field === undefined) {
      this.#rest = before;
      throw this.#refusal(`there is no field '${name}'`);
    }
    if (field !== "tagName" && field !== "tagValue") return { kind: "comparison", field, operator, value };
    if (operator !== "eq") throw this.#refusal("tags can only be compared with 'eq'");
    return field === "tagName" ? { kind: "tag", name: value } : { kind: "tagValue", value };
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    const match = pattern.exec(this.#rest);
    if (match) this.#rest = this.#rest.slice(match[0].length);
    return match;
  }

  #refusal(why?: string): DomainError {
    const where = this.#rest === "" ? "its end" : `'${this.#rest}'`;
    return new DomainError(
      "BadRequest",
      `The $filter "${this.#text}" is not understood at ${where}${why === undefined ? "" : `: ${why}`}. Possible are comparisons such as "name eq 'a'" and "substringof('a', name)" of the fields ${fields.join(", ")}, with eq and ne, joined by 'and' and 'or'.`,
    );
  }
}
