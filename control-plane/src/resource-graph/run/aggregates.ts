/** The functions of `summarize`. Each makes, for every group, a place where values are gathered. */
import type { ExpressionOf, ScalarType } from "../language/ast.ts";
import { queryError, quote } from "../query-error.ts";
import { as, type Bound, type Cells, checkCount, constantOf, expect } from "./bound.ts";
import type { Budget } from "./budget.ts";
import { compareValues, identityOf, sizeOf, toJson, type Value } from "./values.ts";

export interface Gathering {
  add(cells: Cells): void;
  result(): Value;
}

export interface Aggregate {
  readonly type: ScalarType;
  readonly name: string;
  begin(): Gathering;
}

interface Call {
  readonly call: ExpressionOf<"call">;
  readonly parameters: readonly Bound[];
  readonly budget: Budget;
}

interface AggregateOf {
  readonly count: readonly [number, number];
  bind(call: Call): Aggregate;
}

const suffix = (bound: Bound | undefined): string => bound?.name ?? "";

function parameter(call: Call, index: number): Bound {
  const bound = call.parameters[index];
  if (bound === undefined) throw new TypeError("An aggregate was bound with too few parameters");
  return bound;
}

/** Numbers, and spans of time, which add up alike. */
const measure = (call: Call, index = 0): Bound =>
  expect(parameter(call, index), ["real", "long", "timespan"], `What ${call.call.name}() adds up`);

/** The same for those rows of which the last parameter is true. */
function onlyIf(aggregate: AggregateOf, name: string): AggregateOf {
  const [least, most] = aggregate.count;
  return {
    count: [least + 1, most + 1],
    bind(call) {
      const condition = expect(
        parameter(call, call.parameters.length - 1),
        ["bool"],
        `The condition of ${call.call.name}()`,
      );
      const inner = aggregate.bind({ ...call, parameters: call.parameters.slice(0, -1) });
      return {
        type: inner.type,
        name: name === "countif" ? "countif_" : inner.name.replace(/^[a-z]+_/, `${name}_`),
        begin() {
          const gathering = inner.begin();
          return {
            add(cells) {
              if (condition.evaluate(cells) === true) gathering.add(cells);
            },
            result: () => gathering.result(),
          };
        },
      };
    },
  };
}

const count: AggregateOf = {
  count: [0, 0],
  bind: () => ({
    type: "long",
    name: "count_",
    begin() {
      let rows = 0;
      return {
        add() {
          rows++;
        },
        result: () => rows,
      };
    },
  }),
};

const distinctCount: AggregateOf = {
  count: [1, 2],
  bind(call) {
    const value = parameter(call, 0);
    return {
      type: "long",
      name: `dcount_${suffix(value)}`,
      begin() {
        const seen = new Set<string>();
        return {
          add(cells) {
            const one = value.evaluate(cells);
            if (one === null) return;
            const identity = identityOf(one);
            if (seen.has(identity)) return;
            call.budget.hold(32 + identity.length);
            seen.add(identity);
          },
          result: () => seen.size,
        };
      },
    };
  },
};

const adding = (word: "sum" | "avg"): AggregateOf => ({
  count: [1, 1],
  bind(call) {
    const value = measure(call);
    const type = value.type === "long" && word === "avg" ? "real" : value.type;
    return {
      type,
      name: `${word}_${suffix(parameter(call, 0))}`,
      begin() {
        let [sum, rows] = [0, 0];
        return {
          add(cells) {
            const one = value.evaluate(cells);
            if (typeof one !== "number") return;
            sum += one;
            rows++;
          },
          result: () => (word === "sum" ? sum : rows === 0 ? null : sum / rows),
        };
      },
    };
  },
});

const extreme = (word: "min" | "max"): AggregateOf => ({
  count: [1, 1],
  bind(call) {
    const value = parameter(call, 0);
    return {
      type: value.type,
      name: `${word}_${suffix(value)}`,
      begin() {
        let best: Value = null;
        return {
          add(cells) {
            const one = value.evaluate(cells);
            if (one === null) return;
            const order = best === null ? 1 : compareValues(one, best) * (word === "max" ? 1 : -1);
            if (order <= 0) return;
            call.budget.hold(sizeOf(one) - sizeOf(best));
            best = one;
          },
          result: () => best,
        };
      },
    };
  },
});

const any = (prefix: string): AggregateOf => ({
  count: [1, 1],
  bind(call) {
    const value = parameter(call, 0);
    return {
      type: value.type,
      name: prefix === "" ? suffix(value) : `${prefix}_${suffix(value)}`,
      begin() {
        let found: Value = null;
        return {
          add(cells) {
            if (found !== null && found !== "") return;
            found = value.evaluate(cells);
            call.budget.hold(sizeOf(found));
          },
          result: () => found ?? (value.type === "string" ? "" : null),
        };
      },
    };
  },
});

const gathering = (word: "list" | "set"): AggregateOf => ({
  count: [1, 2],
  bind(call) {
    const value = parameter(call, 0);
    const limit = call.parameters[1] && constantOf(as(call.parameters[1], "long"), "The size of the list");
    const most = typeof limit === "number" ? limit : Number.POSITIVE_INFINITY;
    return {
      type: "dynamic",
      name: `${word}_${suffix(value)}`,
      begin() {
        const list: Value[] = [];
        const seen = new Set<string>();
        return {
          add(cells) {
            const one = toJson(value.evaluate(cells), value.type);
            if (one === null || list.length >= most) return;
            if (word === "set") {
              const identity = identityOf(one);
              if (seen.has(identity)) return;
              seen.add(identity);
            }
            call.budget.hold(sizeOf(one) * 2);
            list.push(one);
          },
          result: () => list,
        };
      },
    };
  },
});

const aggregates: Readonly<Record<string, AggregateOf>> = {
  count,
  countif: onlyIf(count, "countif"),
  dcount: distinctCount,
  dcountif: onlyIf({ ...distinctCount, count: [1, 1] }, "dcountif"),
  sum: adding("sum"),
  sumif: onlyIf(adding("sum"), "sumif"),
  avg: adding("avg"),
  avgif: onlyIf(adding("avg"), "avgif"),
  min: extreme("min"),
  minif: onlyIf(extreme("min"), "minif"),
  max: extreme("max"),
  maxif: onlyIf(extreme("max"), "maxif"),
  make_list: gathering("list"),
  makelist: gathering("list"),
  make_set: gathering("set"),
  makeset: gathering("set"),
  any: any("any"),
  take_any: any(""),
};

export const aggregateNames: readonly string[] = Object.keys(aggregates).sort();

export function bindAggregate(call: Call): Aggregate {
  const { name, at } = call.call;
  const key = name.toLowerCase();
  const found = Object.hasOwn(aggregates, key) ? aggregates[key] : undefined;
  if (found === undefined) {
    throw queryError(
      "ParserFailure",
      `${quote(name)}() is no aggregate that is supported. Supported are: ${aggregateNames.join(", ")}.`,
      at,
    );
  }
  checkCount(name, call.parameters.length, found.count, at);
  return found.bind(call);
}
