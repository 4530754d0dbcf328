import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { Limits, ratePresets } from "../../../src/http/limits/limit-settings.ts";
import { parseSettings } from "../../../src/settings.ts";

const page = readFileSync(new URL("../../../../docs/limits.md", import.meta.url), "utf8");
const rows = new Map(
  [...page.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, name = "", rest = ""]) => [name, rest.split(" | ")]),
);

describe("docs/limits.md", () => {
  const settings = parseSettings({ dataDir: "/x", host: "127.0.0.1" });
  const { maxBodyBytes, headersTimeoutMs, requestTimeoutMs } = settings;

  test("has every limit with its default", () => {
    const all = { ...Limits.parse({}), maxBodyBytes, headersTimeoutMs, requestTimeoutMs };
    const documented = Object.keys(all).map((name) => [name, Number(rows.get(name)?.[0])]);
    expect(Object.fromEntries(documented)).toEqual(all);
  });

  test("has every budget with its numbers", () => {
    const { globalFactor, ...budgets } = ratePresets.standard;
    const documented = Object.keys(budgets).map((name) => {
      const [, burst, perSecond] = rows.get(name) ?? [];
      return [name, { burst: Number(burst), perSecond: Number(perSecond) }];
    });
    expect(Object.fromEntries(documented)).toEqual(budgets);
    expect(page).toContain(`${globalFactor} times as much`);
    expect(settings.throttling).toEqual(ratePresets.standard);
  });

  test("names nothing that is no limit", () => {
    const known = new Set([
      ...Object.keys(Limits.parse({})),
      ...Object.keys(ratePresets.standard),
      ...["maxBodyBytes", "headersTimeoutMs", "requestTimeoutMs"],
    ]);
    expect([...rows.keys()].filter((name) => !known.has(name))).toEqual([]);
  });

  test("the preset `azure` is what Azure documents", () => {
    const { reads, writes, deletes, globalFactor } = ratePresets.azure;
    expect([reads, writes, deletes, globalFactor]).toEqual([
      { burst: 250, perSecond: 25 },
      { burst: 200, perSecond: 10 },
      { burst: 200, perSecond: 10 },
      15,
    ]);
  });
});
