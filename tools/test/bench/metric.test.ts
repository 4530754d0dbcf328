import { describe, expect, test } from "@jest/globals";
import { median, metric } from "../../src/bench/metric.ts";

describe("a metric", () => {
  test("is ours over the peer's", () => {
    expect(metric({ bench: "b", metric: "m", ours: 6, peer: 12, unit: "s" }).ratio).toBe(0.5);
  });

  test("has no ratio without a peer", () => {
    expect(metric({ bench: "b", metric: "m", ours: 6, peer: null, unit: "s" })).toMatchObject({
      peer: null,
      ratio: null,
    });
  });
});

test("the median is the middle, or between the two in the middle", () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
  expect(() => median([])).toThrow("no median of nothing");
});
