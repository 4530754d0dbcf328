import { describe, expect, test } from "@jest/globals";
import { cpuSeconds, readTicks } from "../../src/bench/load/cpu-time.ts";

describe("processor time", () => {
  test("is read behind names with spaces and brackets", () => {
    const fields = ["S", ..."1 2 3 4 5 6 7 8 9 10".split(" "), "70", "30", "0", "0"];
    expect(readTicks(`42 (a) b (c)) ${fields.join(" ")}`)).toBe(100);
  });

  test("of a process that works grows, that of one that is gone is an error", async () => {
    const before = await cpuSeconds([process.pid]);
    const end = performance.now() + 200;
    while (performance.now() < end) Math.sqrt(end);
    expect(await cpuSeconds([process.pid])).toBeGreaterThan(before);
    await expect(cpuSeconds([2 ** 22 + 1])).rejects.toThrow("ENOENT");
  });
});
