import { describe, expect, test } from "@jest/globals";
import type { QueryLimits } from "../../src/resource-graph/run/budget.ts";
import type { Position } from "../../src/resource-graph/run/page.ts";
import type { Table } from "../../src/resource-graph/run/tables.ts";
import { ask, askPage, memoryTable } from "./ask.ts";

const many: ReadonlyMap<string, Table> = new Map([
  [
    "many",
    memoryTable(
      [
        { name: "id", type: "string" },
        { name: "group", type: "long" },
        { name: "list", type: "dynamic" },
        { name: "text", type: "string" },
      ],
      Array.from({ length: 10_000 }, (_, index) => [
        `row-${String(index).padStart(5, "0")}`,
        index % 100,
        [1, 2, 3, 4, 5],
        "a".repeat(200),
      ]),
    ),
  ],
]);

describe("a query that costs too much is refused with the name of the limit", () => {
  test.each<[string, Partial<QueryLimits>, string]>([
    ["many | join kind=inner many on group | count", { rows: 100_000 }, "looks at more than 100000 rows"],
    ["many | mv-expand list | mv-expand x = list | count", { rows: 20_000 }, "looks at more than 20000 rows"],
    ["many | order by id asc", { heldBytes: 100_000 }, "has to hold more than 100000 bytes"],
    ["many | summarize make_list(text)", { heldBytes: 100_000 }, "has to hold more than 100000 bytes"],
    ["many | summarize count() by id", { heldBytes: 100_000 }, "has to hold more than 100000 bytes"],
    ["many | distinct id", { heldBytes: 100_000 }, "has to hold more than 100000 bytes"],
    ["many | join kind=leftouter many on id | count", { heldBytes: 100_000 }, "has to hold more than 100000 bytes"],
    [
      `many | take 1 | extend t = text ${"| extend t = strcat(t, t)".repeat(30)}`,
      {},
      "makes a text of more than 1048576 characters",
    ],
    [
      `many | take 1 | extend t = text ${"| extend t = replace_string(t, 'a', 'aaaaaaaaaa')".repeat(8)}`,
      {},
      "makes a text of more than 1048576 characters",
    ],
    ["many | join kind=inner many on group | where id contains 'x' | count", { timeMs: 50 }, "takes longer than 50 ms"],
    [`many | where text matches regex '(a|aa)+${"a?".repeat(100)}b'`, { timeMs: 100 }, "takes longer than 100 ms"],
    [`many | where text matches regex '${"a".repeat(501)}'`, {}, "regular expression is larger than"],
    ["many | where text matches regex '((a{100}){100}){100}'", {}, "regular expression is larger than"],
    [
      `many | take 1 | extend t = text ${"| extend t = strcat(t, t)".repeat(8)} | where t matches regex 'b'`,
      {},
      "a text of 51200 characters meets a regular expression",
    ],
  ])("%.80s", async (query, limits, message) => {
    await expect(ask(query, { tables: many, limits })).rejects.toThrow(new RegExp(message, "i"));
  });

  test("and while one runs, others get their turn", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await ask(
      "many | where group < 5 | join kind=inner many on group | order by id1 asc, id desc | where id != id1 | count",
      {
        tables: many,
        limits: { heldBytes: 1024 ** 3, rows: 2_000_000, timeMs: 60_000 },
      },
    ).finally(() => clearInterval(timer));
    expect(turns).toBeGreaterThan(20);
  });

  test("searching long texts in long texts is bounded", async () => {
    const grown = `many | take 1 | extend t = text ${"| extend t = strcat(t, t)".repeat(9)}`;
    await expect(ask(`${grown} | extend u = strcat(t, 'b') | where u has t`, { tables: many })).rejects.toThrow(
      "too long to search in one another",
    );
  });
});

describe("pages", () => {
  test.each([
    ["many | where group == 5 | project id", 100],
    ["many | where group == 5 | project id, group | order by group asc", 100],
    ["many | summarize count() by group", 100],
    ["many | take 57 | project id", 57],
    ["many | where group < 2 and id < 'row-00500' | mv-expand list | project id, list", 50],
  ])("of '%s' hold every row once", async (query, total) => {
    const whole = await ask(query, { tables: many });
    const rows: unknown[][] = [];
    let after: Position | undefined;
    do {
      const page = await askPage(query, { tables: many, top: 7, after });
      expect(page.total).toBe(total);
      rows.push(...page.rows.map(({ cells }) => [...cells]));
      after = page.next;
    } while (after !== undefined);
    expect(rows).toEqual(whole);
    expect(rows).toHaveLength(total);
  });

  test("are cut where they would be too large for an answer", async () => {
    const query = `many | where id < 'row-00200' | extend t = text ${"| extend t = strcat(t, t)".repeat(9)} | project id, t`;
    const page = await askPage(query, { tables: many, top: 200, limits: { heldBytes: 1024 ** 3 } });
    expect(page.rows.length).toBeGreaterThan(1);
    expect(page.rows.length).toBeLessThan(200);
    expect(page.next?.key).toBe(page.rows.at(-1)?.key);
  });
});
