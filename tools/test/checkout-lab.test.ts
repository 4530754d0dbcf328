import { expect, test } from "@jest/globals";
import { checkoutLab } from "../src/checkout-lab.ts";
import { checkLabName } from "../src/lab/lab-paths.ts";

test("two checkouts have labs of different names, one checkout always the same", () => {
  expect(checkoutLab("demo", "/one")).not.toBe(checkoutLab("demo", "/two"));
  expect(checkoutLab("demo", "/one")).toBe(checkoutLab("demo", "/one"));
  expect(checkLabName(checkoutLab("bench", "/one"))).toMatch(/^bench-[0-9a-f]{4}$/);
});
