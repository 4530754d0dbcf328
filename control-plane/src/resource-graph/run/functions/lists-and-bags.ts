/** Functions of what is dynamic: lists, and bags of named values. */
import type { Json } from "../../language/ast.ts";
import { as, expect } from "../bound.ts";
import { identityOf, isList, isMembers, sizeOf, toJson, toText } from "../values.ts";
import { bool, type FunctionOf, many, parameter, plain, text } from "./function-of.ts";

const packed = (make: (values: readonly Json[]) => Json): FunctionOf => ({
  count: [0, many],
  bind: ({ parameters, budget }) => ({
    type: "dynamic",
    evaluate(cells) {
      const made = make(parameters.map((each) => toJson(each.evaluate(cells), each.type)));
      budget.text(sizeOf(made));
      return made;
    },
  }),
});

export const listsAndBags: Readonly<Record<string, FunctionOf>> = {
  array_length: plain(["dynamic"], "long", ([list]) =>
    isList(list ?? null) ? (list as readonly Json[]).length : null,
  ),
  array_concat: packed((values) => values.filter(isList).flat()),
  array_index_of: {
    count: [2, 2],
    bind: ({ parameters: [first, second] }) => {
      const list = expect(parameter(first), ["dynamic"], "The list");
      const wanted = as(parameter(second), "dynamic");
      return {
        type: "long",
        evaluate(cells) {
          const [values, one] = [list.evaluate(cells), identityOf(wanted.evaluate(cells))];
          return isList(values) ? values.findIndex((each) => identityOf(each) === one) : null;
        },
      };
    },
  },
  set_has_element: {
    count: [2, 2],
    bind: ({ parameters: [first, second] }) => {
      const list = expect(parameter(first), ["dynamic"], "The list");
      const wanted = as(parameter(second), "dynamic");
      return bool((cells) => {
        const [values, one] = [list.evaluate(cells), identityOf(wanted.evaluate(cells))];
        return isList(values) && values.some((each) => identityOf(each) === one);
      });
    },
  },
  bag_keys: plain(["dynamic"], "dynamic", ([bag = null]) => (isMembers(bag) ? Object.keys(bag) : null)),
  bag_has_key: plain(
    ["dynamic", "string"],
    "bool",
    ([bag = null, key]) => isMembers(bag) && Object.hasOwn(bag, text(key)),
  ),
  bag_pack: packed((values) =>
    Object.fromEntries(
      values.flatMap((key, index) =>
        index % 2 === 0 ? [[toText(key, "dynamic"), values[index + 1] ?? null] as const] : [],
      ),
    ),
  ),
  bag_merge: packed((values) => Object.fromEntries(values.filter(isMembers).reverse().flatMap(Object.entries))),
  pack_array: packed((values) => [...values]),
};
