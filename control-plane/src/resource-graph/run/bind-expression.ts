/** From the tree of an expression to something that can be worked out: names are found, types are checked. */
import type { BinaryOperator, Expression, ExpressionOf, Place, ScalarType, TextOperator } from "../language/ast.ts";
import { queryError, quote } from "../query-error.ts";
import { as, type Bound, commonType, constant, constantOf, expect, type Surroundings } from "./bound.ts";
import { bindCall } from "./functions/bind-call.ts";
import { typeParameter } from "./functions/type-parameter.ts";
import { compileRegex } from "./regex.ts";
import { type Column, findColumn, unknownColumn } from "./scope.ts";
import { textTests } from "./text-tests.ts";
import { compareValues, convert, identityOf, isList, memberOf, type Value } from "./values.ts";

export interface Scope extends Surroundings {
  readonly columns: readonly Column[];
  /** What `let` gave a name to. */
  readonly constants: ReadonlyMap<string, Bound>;
}

export function bindExpression(expression: Expression, scope: Scope): Bound {
  switch (expression.kind) {
    case "literal":
      return constant(expression.literal.type, expression.literal.value, expression.at);
    case "name":
      return bindName(expression, scope);
    case "member":
      return bindMember(expression, scope);
    case "index":
      return bindIndex(expression, scope);
    case "call": {
      const parameters = expression.parameters
        .filter((each) => typeParameter(each) === undefined)
        .map((each) => bindExpression(each, scope));
      return bindCall({ call: expression, parameters, budget: scope.budget, nowMs: scope.nowMs });
    }
    case "star":
      throw queryError("ParserFailure", "'*' is not understood here.", expression.at);
    case "negative": {
      const operand = expect(
        bindExpression(expression.operand, scope),
        ["real", "long", "timespan"],
        "What '-' negates",
      );
      return fold({
        ...operand,
        at: expression.at,
        name: undefined,
        evaluate(cells) {
          const value = operand.evaluate(cells);
          return typeof value === "number" ? -value : null;
        },
      });
    }
    case "binary":
      return fold(bindBinary(expression, scope));
    case "and":
    case "or":
      return fold(bindTerms(expression, scope));
    case "in":
      return fold(bindIn(expression, scope));
    case "has any":
    case "has all":
      return fold(bindHas(expression, scope));
    case "between":
      return fold(bindBetween(expression, scope));
  }
}

/** What does not depend on a row is worked out once. */
const fold = (bound: Bound): Bound =>
  bound.isConstant ? { ...constant(bound.type, bound.evaluate([]), bound.at), name: bound.name } : bound;

function bindName({ name, at }: ExpressionOf<"name">, { columns, constants }: Scope): Bound {
  const index = findColumn(columns, name);
  const column = columns[index];
  if (column !== undefined) {
    column.use?.();
    return { type: column.type, at, isConstant: false, name, evaluate: (cells) => cells[index] ?? null };
  }
  const value = constants.get(name);
  if (value !== undefined) return { ...value, at, name };
  throw unknownColumn({ name, at }, columns);
}

const dynamicObject = (bound: Bound): Bound => {
  if (bound.type === "dynamic") return bound;
  throw queryError(
    "SemanticError",
    `Only what is dynamic has members, and this is of type ${bound.type}. Make it dynamic with parse_json().`,
    bound.at,
  );
};

function bindMember({ object, name, at }: ExpressionOf<"member">, scope: Scope): Bound {
  const holder = dynamicObject(bindExpression(object, scope));
  return fold({
    type: "dynamic",
    at,
    isConstant: holder.isConstant,
    name: holder.name === undefined ? undefined : `${holder.name}_${name}`,
    evaluate: (cells) => memberOf(holder.evaluate(cells), name),
  });
}

function bindIndex({ object, index, at }: ExpressionOf<"index">, scope: Scope): Bound {
  const holder = dynamicObject(bindExpression(object, scope));
  const key = expect(bindExpression(index, scope), ["long", "string"], "What stands in brackets");
  const shown = key.isConstant ? key.evaluate([]) : null;
  return fold({
    type: "dynamic",
    at,
    isConstant: holder.isConstant && key.isConstant,
    name: holder.name === undefined || shown === null ? undefined : `${holder.name}_${String(shown)}`,
    evaluate(cells) {
      const [value, at] = [holder.evaluate(cells), key.evaluate(cells)];
      if (typeof at === "string") return memberOf(value, at);
      return isList(value) && typeof at === "number" ? (value.at(at) ?? null) : null;
    },
  });
}

function bindTerms({ kind, terms, at }: ExpressionOf<"and" | "or">, scope: Scope): Bound {
  const bounds = terms.map((term) => expect(bindExpression(term, scope), ["bool"], `What '${kind}' joins`));
  // One `false` decides an `and`, one `true` an `or`; null is neither.
  const decisive = kind === "or";
  return {
    type: "bool",
    at,
    isConstant: bounds.every((each) => each.isConstant),
    evaluate(cells) {
      let isUnknown = false;
      for (const each of bounds) {
        const value = each.evaluate(cells);
        if (value === decisive) return decisive;
        if (value === null) isUnknown = true;
      }
      return isUnknown ? null : !decisive;
    },
  };
}

const typesClash = (left: Bound, right: Bound, at: Place, word: string) =>
  queryError(
    "SemanticError",
    `${quote(word)} cannot have values of the types ${left.type} and ${right.type}. Convert one of them, for example with tostring() or todatetime().`,
    at,
  );

function bindBinary({ operator, left, right, at }: ExpressionOf<"binary">, scope: Scope): Bound {
  const [one, other] = [bindExpression(left, scope), bindExpression(right, scope)];
  const isConstant = one.isConstant && other.isConstant;
  if (typeof operator === "object") return bindTextTest(operator, one, other, at, scope);
  if (operator === "=~" || operator === "!~") {
    const [first, second] = [one, other].map((each) => expect(each, ["string"], `What ${quote(operator)} compares`));
    const isWanted = operator === "=~";
    return {
      type: "bool",
      at,
      isConstant,
      evaluate: (cells) => (lower(first?.evaluate(cells)) === lower(second?.evaluate(cells))) === isWanted,
    };
  }
  const compare = comparisons[operator];
  if (compare === undefined) return bindArithmetic(operator, one, other, at);
  const type = commonType([one.type, other.type]);
  if (type === undefined) throw typesClash(one, other, at, operator);
  const [first, second] = [as(one, type), as(other, type)];
  return {
    type: "bool",
    at,
    isConstant,
    evaluate(cells) {
      const [value, against] = [first.evaluate(cells), second.evaluate(cells)];
      return value === null || against === null ? null : compare(compareValues(value, against));
    },
  };
}

const lower = (value: Value | undefined): string => (typeof value === "string" ? value.toLowerCase() : "");

const comparisons: Readonly<Partial<Record<string, (order: number) => boolean>>> = {
  "==": (order) => order === 0,
  "!=": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/** The type that an operation makes of two; numbers apart, which follow from each other. */
const timeResults: Readonly<Record<string, ScalarType>> = {
  "datetime + timespan": "datetime",
  "timespan + datetime": "datetime",
  "timespan + timespan": "timespan",
  "datetime - timespan": "datetime",
  "datetime - datetime": "timespan",
  "timespan - timespan": "timespan",
  "timespan * real": "timespan",
  "real * timespan": "timespan",
  "timespan / real": "timespan",
  "timespan / timespan": "real",
};

function bindArithmetic(operator: Exclude<BinaryOperator, TextOperator>, left: Bound, right: Bound, at: Place): Bound {
  const isNumber = ({ type }: Bound): boolean => type === "long" || type === "real";
  const numeric = (bound: Bound): Bound => (bound.type === "dynamic" ? as(bound, "real") : bound);
  const [one, other] = [numeric(left), numeric(right)];
  const areWhole = one.type === "long" && other.type === "long";
  const known = (bound: Bound): string => (isNumber(bound) ? "real" : bound.type);
  const type =
    isNumber(one) && isNumber(other)
      ? areWhole
        ? "long"
        : "real"
      : timeResults[`${known(one)} ${operator} ${known(other)}`];
  if (type === undefined) {
    if (operator === "+" && (left.type === "string" || right.type === "string")) {
      throw queryError("SemanticError", "Texts are joined with strcat(), not with '+'.", at);
    }
    throw typesClash(left, right, at, operator);
  }
  return {
    type,
    at,
    isConstant: one.isConstant && other.isConstant,
    evaluate(cells) {
      const [value, by] = [one.evaluate(cells), other.evaluate(cells)];
      if (typeof value !== "number" || typeof by !== "number") return null;
      const result = calculate(operator, value, by);
      if (!Number.isFinite(result)) return null;
      return areWhole ? Math.trunc(result) : result;
    },
  };
}

function calculate(operator: string, value: number, by: number): number {
  if (operator === "+") return value + by;
  if (operator === "-") return value - by;
  if (operator === "*") return value * by;
  return operator === "/" ? value / by : value % by;
}

function bindTextTest(operator: TextOperator, left: Bound, right: Bound, at: Place, scope: Scope): Bound {
  const subject = as(left, "string");
  const wanted = expect(right, ["string"], `What ${quote(at.word)} looks for`);
  if (operator.test === "matches regex") {
    const pattern = constantOf(wanted, "The regular expression");
    const regex = compileRegex(typeof pattern === "string" ? pattern : "", right.at, scope.budget);
    return {
      type: "bool",
      at,
      isConstant: left.isConstant,
      evaluate: (cells) => regex.test(plainText(subject.evaluate(cells))),
    };
  }
  const test = textTests[operator.test];
  const form = (value: Value): string => (operator.caseSensitive ? plainText(value) : lower(value));
  return {
    type: "bool",
    at,
    isConstant: left.isConstant && right.isConstant,
    evaluate(cells) {
      const whole = form(subject.evaluate(cells));
      const word = form(wanted.evaluate(cells));
      limitSearch(whole, word, at, scope);
      return test(whole, word) !== operator.negated;
    },
  };
}

/** What a search of one text in another may take at worst, in characters compared. */
const maxSearch = 100_000_000;

function limitSearch(whole: string, word: string, at: Place, { budget }: Scope): void {
  budget.work(whole.length / 16);
  if (whole.length * word.length <= maxSearch) return;
  throw queryError(
    "QueryLimitExceeded",
    `${quote(at.word)} meets texts that are too long to search in one another.`,
    at,
  );
}

const plainText = (value: Value): string => (typeof value === "string" ? value : "");

/** The values of a list: each parameter, or what is in it when it is itself a list. */
const spread = (list: readonly Bound[], cells: readonly Value[]): { value: Value; type: ScalarType }[] =>
  list.flatMap((each) => {
    const value = each.evaluate(cells);
    return each.type === "dynamic" && isList(value)
      ? value.map((one) => ({ value: one, type: each.type }))
      : [{ value, type: each.type }];
  });

function bindIn({ value, list, negated, ignoreCase, at }: ExpressionOf<"in">, scope: Scope): Bound {
  const subject = bindExpression(value, scope);
  const bounds = list.map((each) => bindExpression(each, scope));
  const type = ignoreCase ? "string" : (commonType([subject.type, ...bounds.map((each) => each.type)]) ?? undefined);
  if (type === undefined)
    throw typesClash(subject, bounds.find((each) => each.type !== subject.type) ?? subject, at, at.word);
  const target = as(subject, type);
  const form = (one: Value): string => (ignoreCase ? lower(one) : identityOf(one));
  const setOf = (cells: readonly Value[]): Set<string> =>
    new Set(spread(bounds, cells).map((each) => form(convert(each.value, each.type, type))));
  const isFixed = bounds.every((each) => each.isConstant);
  const fixed = isFixed ? setOf([]) : undefined;
  return {
    type: "bool",
    at,
    isConstant: subject.isConstant && isFixed,
    evaluate: (cells) => (fixed ?? setOf(cells)).has(form(target.evaluate(cells))) !== negated,
  };
}

function bindHas({ kind, value, list, at }: ExpressionOf<"has any" | "has all">, scope: Scope): Bound {
  const subject = as(bindExpression(value, scope), "string");
  const bounds = list.map((each) => bindExpression(each, scope));
  return {
    type: "bool",
    at,
    isConstant: subject.isConstant && bounds.every((each) => each.isConstant),
    evaluate(cells) {
      const whole = lower(subject.evaluate(cells));
      const words = spread(bounds, cells).map((each) => lower(convert(each.value, each.type, "string")));
      const has = (word: string): boolean => {
        limitSearch(whole, word, at, scope);
        return textTests.has(whole, word);
      };
      return kind === "has any" ? words.some(has) : words.every(has);
    },
  };
}

function bindBetween({ value, low, high, negated, at }: ExpressionOf<"between">, scope: Scope): Bound {
  const bounds = [value, low, high].map((each) => bindExpression(each, scope));
  const [subject, from, to] = bounds;
  if (subject === undefined || from === undefined || to === undefined) throw new TypeError("between has three parts");
  // `between (start .. 7d)` means seven days from the start.
  const isSpan = from.type === "datetime" && to.type === "timespan";
  const type = commonType(isSpan ? [subject.type, from.type] : bounds.map((each) => each.type));
  if (type === undefined || type === "string") throw typesClash(from, to, at, at.word);
  const [target, least, most] = [as(subject, type), as(from, type), isSpan ? to : as(to, type)];
  return {
    type: "bool",
    at,
    isConstant: bounds.every((each) => each.isConstant),
    evaluate(cells) {
      const [one, lowest, end] = [target.evaluate(cells), least.evaluate(cells), most.evaluate(cells)];
      if (one === null || lowest === null || end === null) return null;
      const highest = isSpan && typeof lowest === "number" && typeof end === "number" ? lowest + end : end;
      return (compareValues(one, lowest) >= 0 && compareValues(one, highest) <= 0) !== negated;
    },
  };
}
