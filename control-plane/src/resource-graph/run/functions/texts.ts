/** Functions of texts. */
import { as } from "../bound.ts";
import { isList, toText } from "../values.ts";
import { type FunctionOf, many, number, plain, text } from "./function-of.ts";

export const texts: Readonly<Record<string, FunctionOf>> = {
  tolower: plain(["string"], "string", ([value]) => text(value).toLowerCase()),
  toupper: plain(["string"], "string", ([value]) => text(value).toUpperCase()),
  strlen: plain(["string"], "long", ([value]) => text(value).length),
  substring: plain(
    ["string", "long", "long"],
    "string",
    ([value, start, length]) => {
      const begin = Math.max(0, number(start));
      return text(value).slice(begin, length === undefined ? undefined : begin + Math.max(0, number(length)));
    },
    1,
  ),
  indexof: plain(["string", "string"], "long", ([value, wanted]) => text(value).indexOf(text(wanted))),
  strcat: {
    count: [1, many],
    bind: ({ parameters, budget }) => {
      const parts = parameters.map((each) => as(each, "string"));
      return {
        type: "string",
        evaluate(cells) {
          const whole = parts.map((each) => text(each.evaluate(cells))).join("");
          budget.text(whole.length);
          return whole;
        },
      };
    },
  },
  strcat_array: plain(["dynamic", "string"], "string", ([list = null, delimiter], { budget }) => {
    const whole = isList(list) ? list.map((each) => toText(each, "dynamic")).join(text(delimiter)) : "";
    budget.text(whole.length);
    return whole;
  }),
  split: plain(
    ["string", "string", "long"],
    "dynamic",
    ([value, delimiter, index], { budget }) => {
      budget.work(text(value).length);
      const parts = text(value).split(text(delimiter));
      if (index === undefined) return parts;
      const one = parts.at(number(index));
      return one === undefined ? [] : [one];
    },
    1,
  ),
  replace_string: plain(["string", "string", "string"], "string", ([value, wanted, replacement], { budget }) => {
    if (wanted === "") return text(value);
    const pieces = text(value).split(text(wanted));
    budget.text(text(value).length + pieces.length * text(replacement).length);
    return pieces.join(text(replacement));
  }),
};
