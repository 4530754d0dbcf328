/** Functions of numbers, moments and spans of time. */
import type { ScalarType } from "../../language/ast.ts";
import { queryError, quote } from "../../query-error.ts";
import { expect } from "../bound.ts";
import { type FunctionOf, number, parameter, plain, text } from "./function-of.ts";

const rounded = (type: ScalarType, round: (value: number, step: number) => number): FunctionOf => ({
  count: type === "real" ? [1, 1] : [2, 2],
  bind: ({ parameters: [first, second], call }) => {
    const value = expect(parameter(first), ["real", "long", "datetime", "timespan"], `Parameter 1 of ${call.name}()`);
    const isTime = value.type === "datetime" || value.type === "timespan";
    const step = second && expect(second, isTime ? ["timespan"] : ["real", "long"], `Parameter 2 of ${call.name}()`);
    return {
      type: isTime || step === undefined || step.type === value.type ? value.type : "real",
      name: value.name,
      evaluate(cells) {
        const [one, size] = [value.evaluate(cells), step ? step.evaluate(cells) : 1];
        if (typeof one !== "number" || typeof size !== "number" || size === 0) return null;
        return round(one, size);
      },
    };
  },
});

const unitsMs: Readonly<Record<string, number>> = {
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
};

export const numbersAndTime: Readonly<Record<string, FunctionOf>> = {
  abs: plain(["real"], "real", ([value]) => Math.abs(number(value))),
  ceiling: rounded("real", Math.ceil),
  round: plain(
    ["real", "long"],
    "real",
    ([value, digits]) => {
      const factor = 10 ** number(digits);
      return Math.round(number(value) * factor) / factor;
    },
    1,
  ),
  bin: rounded("long", (value, step) => Math.floor(value / step) * step),
  now: {
    count: [0, 1],
    bind: ({ parameters: [offset], nowMs }) => {
      const span = offset && expect(offset, ["timespan"], "The offset");
      return { type: "datetime", isConstant: true, evaluate: (cells) => nowMs + number(span?.evaluate(cells)) };
    },
  },
  ago: {
    count: [1, 1],
    bind: ({ parameters: [offset], nowMs }) => {
      const span = expect(parameter(offset), ["timespan"], "What ago() goes back");
      return {
        type: "datetime",
        evaluate(cells) {
          const ms = span.evaluate(cells);
          return typeof ms === "number" ? nowMs - ms : null;
        },
      };
    },
  },
  datetime_diff: plain(["string", "datetime", "datetime"], "long", ([unit, later, earlier], { call }) => {
    const unitMs = unitsMs[text(unit).toLowerCase()];
    if (unitMs !== undefined) return Math.floor(number(later) / unitMs) - Math.floor(number(earlier) / unitMs);
    throw queryError(
      "SemanticError",
      `datetime_diff() counts in ${Object.keys(unitsMs).join(", ")}, not in ${quote(text(unit))}.`,
      call.at,
    );
  }),
  startofday: plain(["datetime"], "datetime", ([value]) => Math.floor(number(value) / 86_400_000) * 86_400_000),
};
