import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { DomainError } from "../../src/errors.ts";
import { maxDepth, maxQueryLength, maxTokens, parseQuery } from "../../src/resource-graph/language/parse-query.ts";
import { ask } from "./ask.ts";
import { printQuery } from "./print-query.ts";

/** The tree without the places of its words. */
const bare = (tree: unknown): unknown =>
  JSON.parse(JSON.stringify(tree, (key, value: unknown) => (key === "at" ? undefined : value)));

const queries = [
  "clusters",
  "let n = 1 + 2; let t = clusters | where name == 'a'; t | take n",
  "clusters | where a == 1 and b != 'x' or not(c) and d in~ ('a', 'b') | project a, b = c.d['e f'][0].g",
  "clusters | where x !in (1, 2.5) and y !between (1d .. 2h) and z has_any ('a') and u !startswith_cs 'b' and v matches regex 'c+'",
  "clusters | extend x = -a * (b + 1) / 2 % 3, y = dynamic({'a': [1, -2.5, null, true, {'b': \"c\"}]}), z = datetime(2026-01-31)",
  "clusters | project-away a*, *b*c | project-keep x | project-rename n = m, ['o p'] = q",
  "clusters | parse tolower(id) with a '/x/' b:long * 'y' | parse-where z with * c",
  "clusters | join kind=leftouter (extensions | where k == 1) on a, $left.b == $right.c, $right.d == $left.e",
  "union kind=inner withsource=s clusters, (extensions | count) | union extensions",
  "clusters | mv-expand with_itemindex=i a, b = c.d to typeof(string) limit 5",
  "clusters | summarize count(), n = dcount(x, 2), make_list(y) by bin(z, 1d), w = tostring(v)",
  "clusters | order by a asc nulls last, b, c desc | top 3 by d asc | distinct * | distinct e, f | limit 5 | count",
  "clusters | where type =~ @'a\\b' and h'secret' == \"d\\\"e\" // end\n | filter int(null) == long(5)",
];

describe("the grammar", () => {
  test.each(queries)("%s reads the same after it was written out", (query) => {
    const tree = parseQuery(query);
    expect(bare(parseQuery(printQuery(tree)))).toEqual(bare(tree));
  });

  const words = [
    ...new Set(queries.flatMap((query) => query.match(/[A-Za-z_-]+|\d+|'[^']*'|[^\sA-Za-z\d]/g) ?? [])),
    "properties.nodes",
    "name",
    "tags.env",
    "location",
    "(",
    ")",
    "|",
    "where",
    "project",
    "by",
    "(1 .. 2)",
    "null",
    "datetime(x)",
    "9999999999999999999",
    "\u0000",
    "𝕏",
    "'",
  ];

  test("answers or refuses whatever words come", async () => {
    const soup = fc.oneof(
      fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => `clusters | ${parts.join(" ")}`),
      fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join("")),
      fc.string({ maxLength: 200, unit: "binary" }),
    );
    await fc.assert(
      fc.asyncProperty(soup, async (query) => {
        try {
          await ask(query);
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
          expect(error.code).toBe("BadRequest");
        }
      }),
      { numRuns: 2000, seed: 4711 },
    );
  });

  test("changes to good queries are answered or refused", async () => {
    const change = fc.tuple(fc.constantFrom(...queries), fc.nat(200), fc.nat(5), fc.constantFrom(...words));
    await fc.assert(
      fc.asyncProperty(change, async ([query, at, length, word]) => {
        const changed = `${query.slice(0, at)}${word}${query.slice(at + length)}`;
        await ask(changed).catch((error: unknown) => {
          if (!(error instanceof DomainError)) throw error;
        });
      }),
      { numRuns: 2000, seed: 4711 },
    );
  });

  test.each([
    ["text", "x".repeat(maxQueryLength + 1)],
    ["words", `clusters | where ${Array(maxTokens).fill("a").join(" ")}`],
    ["depth", `clusters | where ${"(".repeat(maxDepth + 1)}`],
    ["depth of brackets", `clusters | where x == dynamic(${"[".repeat(maxDepth + 1)}`],
    ["steps", `clusters ${"| take 1".repeat(301)}`],
    [
      "steps of lets that double",
      `${Array.from({ length: 30 }, (_, index) => `let t${index} = ${index === 0 ? "clusters | take 1" : `t${index - 1} | union t${index - 1}`};`).join(" ")} t29`,
    ],
  ])("refuses too much %s", async (_, query) => {
    await expect(ask(query)).rejects.toMatchObject({
      code: "BadRequest",
      details: [{ code: "InvalidQuery" }, { code: "QueryLimitExceeded" }],
    });
  });

  test("takes long chains and lists that are within the limits", async () => {
    const sum = Array(1900).fill("1").join(" + ");
    expect(await ask(`clusters | where toint(properties.nodes) + ${sum} > 1904 | count`)).toEqual([[1]]);
    const any = Array.from({ length: 900 }, (_, index) => `name == '${index}'`).join(" or ");
    expect(await ask(`clusters | where ${any} | count`)).toEqual([[0]]);
    const nested = `${"not(".repeat(38)}true${")".repeat(38)}`;
    expect(await ask(`clusters | where ${nested} | count`)).toEqual([[4]]);
  });
});
