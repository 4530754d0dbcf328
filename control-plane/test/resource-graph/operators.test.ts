import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { aggregateNames } from "../../src/resource-graph/run/aggregates.ts";
import { functionNames } from "../../src/resource-graph/run/functions/bind-call.ts";
import { ask, askPage } from "./ask.ts";

const namesWhere = async (condition: string): Promise<unknown> =>
  (await ask(`clusters | where ${condition} | project name`)).map(([name]) => name).join("");

describe("where", () => {
  test.each([
    ["name == 'a'", "a"],
    ["name == 'A'", ""],
    ["name =~ 'A'", "a"],
    ["name != 'a'", "bcd"],
    ["name <> 'a'", "bcd"],
    ["name !~ 'A'", "bcd"],
    ["name in ('a', 'c')", "ac"],
    ["name !in ('a', 'c')", "bd"],
    ["name in~ ('A', 'C')", "ac"],
    ["name !in~ ('A', 'C')", "bd"],
    ["name in (dynamic(['a', 'd']))", "ad"],
    ["location contains 'EUROPE'", "ab"],
    ["location contains_cs 'EUROPE'", ""],
    ["location !contains 'europe'", "cd"],
    ["location startswith 'WEST'", "ab"],
    ["location !startswith 'west'", "cd"],
    ["location endswith 'us'", "cd"],
    ["location !endswith 'us'", "ab"],
    ["id has 'A'", "a"],
    ["location has 'europe'", ""],
    ["id !has 'a'", "bcd"],
    ["location hasprefix 'west'", "ab"],
    ["location hassuffix 'us'", "cd"],
    ["id has_any ('a', 'B')", "ab"],
    ["id has_all ('c', 'd')", "d"],
    ["name matches regex '^[ab]$'", "ab"],
    ["properties.nodes between (1 .. 3)", "ab"],
    ["properties.nodes !between (1 .. 3)", "cd"],
    ["todatetime(properties.seen) between (ago(1d) .. now())", "a"],
    ["todatetime(properties.seen) between (datetime(2026-01-30) .. 1d)", "b"],
    ["todatetime(properties.seen) < ago(2h)", "b"],
    ["properties.seen > datetime(2026-01-31)", "a"],
    ["isnull(properties.flag)", "abd"],
    ["isnotnull(properties.flag)", "c"],
    ["isempty(tags.env)", "d"],
    ["isnotempty(tags.ENV)", "abc"],
    ["tags.env == 'prod' and properties.nodes > 3 or name == 'd'", "cd"],
    ["tags.env == 'prod' and (properties.nodes > 3 or name == 'a')", "ac"],
    ["not(tags.env == 'prod')", "bd"],
    ["tags.env != 'prod'", "bd"],
    ["properties.flag", "c"],
    ["properties.flag == true", "c"],
    ["properties.VERSION == '1.30.1'", "ac"],
    ["properties['version'] == '1.30.1'", "ac"],
    ["properties.nothing.at.all == ''", "abcd"],
    ["properties.nodes > 3", "c"],
    ["properties.nodes * 2 - 1 >= 5", "ac"],
    ["properties.list[0] == 3", "c"],
    ["properties.list[-1] == 2", "a"],
    ["NAME == 'a'", "a"],
    ["true", "abcd"],
    ["1 == 1 and 'x' == 'y'", ""],
    ["name == 'a' // nothing else\n", "a"],
  ])("%s finds '%s'", async (condition, names) => {
    expect(await namesWhere(condition)).toBe(names);
  });
});

describe("functions and arithmetic", () => {
  const first = async (expression: string): Promise<unknown> =>
    (await ask(`clusters | take 1 | project x = ${expression}`))[0]?.[0];

  test.each<[string, unknown]>([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["7 / 2", 3],
    ["7 / 2.0", 3.5],
    ["-7 % 4", -3],
    ["1 / 0", null],
    ["0x10", 16],
    ["1.5e3", 1500],
    ["tostring(12)", "12"],
    ["tostring(true)", "true"],
    ["tostring(dynamic({'a':[1,null]}))", '{"a":[1,null]}'],
    ["tostring(datetime(2026-01-31 10:00:00.5))", "2026-01-31T10:00:00.5000000Z"],
    ["tostring(26h + 30m)", "1.02:30:00"],
    ["toint('12')", 12],
    ["toint('twelve')", null],
    ["tolong(1.9)", 1],
    ["todouble('1.5')", 1.5],
    ["tobool('TRUE')", true],
    ["totimespan('01:30:00') == 90m", true],
    ["datetime(2026-01-31T12:00:00+02:00) == datetime(2026-01-31 10:00)", true],
    ["datetime(2026-02-01) - datetime(2026-01-31)", "1.00:00:00"],
    ["now() - ago(1d)", "1.00:00:00"],
    ["now(-1h)", "2026-01-31T11:00:00.0000000Z"],
    ["datetime_diff('day', datetime(2026-01-31), datetime(2026-01-01))", 30],
    ["startofday(now())", "2026-01-31T00:00:00.0000000Z"],
    ["bin(7.5, 2)", 6],
    ["bin(now(), 1d)", "2026-01-31T00:00:00.0000000Z"],
    ["floor(7, 5)", 5],
    ["ceiling(1.2)", 2],
    ["round(1.256, 2)", 1.26],
    ["abs(-3.5)", 3.5],
    ["min_of(3, 1, 2)", 1],
    ["max_of('a', 'b')", "b"],
    ["iff(1 > 2, 'yes', 'no')", "no"],
    ["iif(1 < 2, 1, 2.5)", 1],
    ["case(1 > 2, 'a', 2 > 1, 'b', 'c')", "b"],
    ["coalesce('', 'x')", "x"],
    ["coalesce(int(null), 5)", 5],
    ["strcat('a', 1, true)", "a1true"],
    ["strcat_array(dynamic(['a', 'b']), '-')", "a-b"],
    ["split('a/b/c', '/')", ["a", "b", "c"]],
    ["split('a/b/c', '/')[1]", "b"],
    ["split('a/b/c', '/', 2)", ["c"]],
    ["extract('v(\\\\d+)\\\\.(\\\\d+)', 2, 'v12.34')", "34"],
    ["extract('v(\\\\d+)', 1, 'v12', typeof(long)) + 1", 13],
    ["extract('nothing', 0, 'v12')", ""],
    ["array_length(dynamic([1, 2]))", 2],
    ["array_length(dynamic({}))", null],
    ["array_concat(dynamic([1]), dynamic([2]))", [1, 2]],
    ["array_index_of(dynamic(['a', 'b']), 'b')", 1],
    ["set_has_element(dynamic(['a', 'b']), 'c')", false],
    ["bag_keys(dynamic({'a': 1, 'b': 2}))", ["a", "b"]],
    ["bag_has_key(dynamic({'a': 1}), 'a')", true],
    ["bag_pack('a', 1, 'b', now())", { a: 1, b: "2026-01-31T12:00:00.0000000Z" }],
    ["bag_merge(dynamic({'a': 1}), dynamic({'a': 2, 'b': 3}))", { a: 1, b: 3 }],
    ["pack_array(1, 'x')", [1, "x"]],
    ["tolower('ÄB')", "äb"],
    ["toupper('ab')", "AB"],
    ["strlen('abc')", 3],
    ["substring('abcdef', 2)", "cdef"],
    ["substring('abcdef', 2, 3)", "cde"],
    ["indexof('abc', 'c')", 2],
    ["trim('-+', '--a-b--')", "a-b"],
    ["trim_start('-', '--a')", "-a"],
    ["trim_end('/extensions/.*', '/clusters/c/extensions/x')", "/clusters/c"],
    ["replace_string('a.b.c', '.', '$&')", "a$&b$&c"],
    ["replace_regex('v1.2', '(\\\\d)', '<\\\\1>')", "v<1>.<2>"],
    ["parse_json('{\"a\": [1, 2]}').a[1]", 2],
    ["parse_json('no json')", "no json"],
    ["dynamic({'a': {'B': 1}}).A.b", 1],
    ["@'c:\\temp'", "c:\\temp"],
    ["'it\\'s'", "it's"],
    ["isnull(int(null))", true],
    ["isempty('')", true],
    ["not(false)", true],
  ])("%s is %j", async (expression, value) => {
    expect(await first(expression)).toEqual(value);
  });
});

describe("columns", () => {
  test("get the names that the original gives them", async () => {
    const { names } = await askPage(
      "clusters | project name, properties.version, tags['my-team'], properties.list[0], tostring(tags.env), strlen(name), n = 1, ['odd name'] = 2",
    );
    expect(names).toEqual([
      "name",
      "properties_version",
      "tags_my-team",
      "properties_list_0",
      "tags_env",
      "Column6",
      "n",
      "odd name",
    ]);
  });

  test.each([
    ["project-away properties, tags", ["id", "name", "location"]],
    ["project-away *t*", ["id", "name"]],
    ["project-keep n*, id", ["id", "name"]],
    ["project-rename cluster = name, place = Location", ["id", "cluster", "place", "tags", "properties"]],
    ["extend name = 'x', more = 1", ["id", "name", "location", "tags", "properties", "more"]],
    ["project name, name", ["name", "name1"]],
    ["count", ["Count"]],
    ["distinct location, tags.env", ["location", "tags_env"]],
    [
      "summarize count(), dcount(name), sum(toint(properties.nodes)), any(name), take_any(id), make_list(name) by location",
      ["location", "count_", "dcount_name", "sum_properties_nodes", "any_name", "id", "list_name"],
    ],
  ])("| %s leaves %j", async (operator, names) => {
    expect((await askPage(`clusters | ${operator}`)).names).toEqual(names);
  });
});

describe("parse", () => {
  test.each<[string, unknown[]]>([
    ["parse id with '/C/' rest", ["", "", "", ""]],
    ["parse id with '/c/' rest", ["a", "b", "c", "d"]],
    ["parse id with first '/' *", ["", "", "", ""]],
    ["parse strcat('x=', properties.nodes, ';y=', name) with 'x=' x:long ';' *", [3, 1, 5, 0]],
    ["parse location with * 'u' rest", ["rope", "rope", "s", "s"]],
    ["parse location with start 'us'", ["", "", "east", "east"]],
    ["parse-where location with start 'us'", ["east", "east"]],
    ["parse kind=relaxed location with start 'us'", ["", "", "east", "east"]],
  ])("%s", async (operator, values) => {
    const { rows, names } = await askPage(`clusters | ${operator}`);
    expect(names).toHaveLength(6);
    expect(rows.map(({ cells }) => cells.at(-1))).toEqual(values);
  });
});

describe("join", () => {
  const joined = (kind: string) =>
    ask(`clusters | project name | join ${kind} (extensions | project name = cluster, kind) on name`);
  const both = [
    ["a", "a", "flux"],
    ["a", "a", "monitor"],
    ["c", "c", "flux"],
  ];
  const unmatchedRight = ["", "x", "flux"];

  test.each<[string, unknown[][]]>([
    ["kind=inner", both],
    ["", both],
    ["kind=leftouter", [both[0], both[1], ["b", "", ""], both[2], ["d", "", ""]] as unknown[][]],
    ["kind=rightouter", [unmatchedRight, ...both]],
    ["kind=fullouter", [unmatchedRight, both[0], both[1], ["b", "", ""], both[2], ["d", "", ""]] as unknown[][]],
    ["kind=leftsemi", [["a"], ["c"]]],
    ["kind=leftanti", [["b"], ["d"]]],
    ["kind=anti", [["b"], ["d"]]],
    [
      "kind=rightsemi",
      [
        ["a", "flux"],
        ["a", "monitor"],
        ["c", "flux"],
      ],
    ],
    ["kind=rightanti", [["x", "flux"]]],
  ])("%s", async (kind, rows) => {
    expect(await joined(kind)).toEqual(rows);
  });

  test("without a kind takes one row of the left side for each key", async () => {
    const query = (kind: string) =>
      `extensions | project kind, cluster | join ${kind} (clusters | project cluster = name) on cluster | project kind, cluster`;
    expect(await ask(query(""))).toEqual([
      ["flux", "a"],
      ["flux", "c"],
    ]);
    expect(await ask(query("kind=inner"))).toHaveLength(3);
  });

  test("on columns of two names, with several keys", async () => {
    const query =
      "clusters | extend k = 'flux' | join kind=inner extensions on $left.name == $right.cluster, $right.kind == $left.k | project name";
    expect(await ask(query)).toEqual([["a"], ["c"]]);
  });
});

describe("other operators", () => {
  test.each<[string, unknown[][]]>([
    [
      "clusters | mv-expand x = properties.list | project name, x",
      [
        ["a", 1],
        ["a", 2],
        ["b", null],
        ["c", 3],
        ["d", null],
      ],
    ],
    [
      "clusters | where name == 'a' | mv-expand properties.list to typeof(string) | project properties_list",
      [["1"], ["2"]],
    ],
    ["clusters | where name == 'c' | mv-expand tags | project tags", [[{ env: "prod" }], [{ "my-team": "blue" }]]],
    ["clusters | where name == 'a' | mv-expand with_itemindex=i x = properties.list limit 1 | project i, x", [[0, 1]]],
    [
      "union (clusters | project x = name), (extensions | project x = kind) | distinct x",
      [["a"], ["b"], ["c"], ["d"], ["flux"], ["monitor"]],
    ],
    ["clusters | project name | union kind=inner (extensions | project name = cluster, kind) | count", [[8]]],
    [
      "union withsource=from clusters, extensions | summarize count() by from",
      [
        ["clusters", 4],
        ["extensions", 4],
      ],
    ],
    [
      "clusters | summarize n = count(), nodes = sum(toint(properties.nodes)) by location",
      [
        ["eastus", 2, 5],
        ["westeurope", 2, 4],
      ],
    ],
    [
      "clusters | summarize countif(location == 'eastus'), avg(toint(properties.nodes)), min(name), max(name)",
      [[2, 2.25, "a", "d"]],
    ],
    [
      "clusters | summarize make_list(name), make_set(location), dcount(tags.env)",
      [[["a", "b", "c", "d"], ["westeurope", "eastus"], 2]],
    ],
    ["clusters | summarize sumif(toint(properties.nodes), tags.env == 'prod'), make_list(name, 1)", [[8, ["a"]]]],
    [
      "clusters | where name == 'none' | summarize count(), sum(toint(properties.nodes)), make_list(name)",
      [[0, 0, []]],
    ],
    ["clusters | where name == 'none' | summarize count() by name", []],
    ["clusters | summarize by location", [["eastus"], ["westeurope"]]],
    [
      "clusters | summarize count() by bin(toint(properties.nodes), 2) | order by properties_nodes asc",
      [
        [0, 2],
        [2, 1],
        [4, 1],
      ],
    ],
    ["clusters | sort by location asc, name desc | project name", [["d"], ["c"], ["b"], ["a"]]],
    ["clusters | order by name | project name", [["d"], ["c"], ["b"], ["a"]]],
    ["clusters | order by tostring(tags['my-team']), name asc | project name", [["c"], ["a"], ["b"], ["d"]]],
    [
      "clusters | order by toint(properties.list[0]) asc nulls last, name asc | project name",
      [["a"], ["c"], ["b"], ["d"]],
    ],
    ["clusters | order by toint(properties.list[0]) asc, name asc | project name", [["b"], ["d"], ["a"], ["c"]]],
    ["clusters | top 2 by toint(properties.nodes) | project name", [["c"], ["a"]]],
    ["clusters | take 2 | project name", [["a"], ["b"]]],
    ["clusters | limit 0", []],
    ["clusters | distinct location", [["eastus"], ["westeurope"]]],
    [
      "let few = 1; let big = clusters | where properties.nodes > few; big | join kind=inner big on name | count",
      [[2]],
    ],
    ["let t = clusters; t | count", [[4]]],
    ["(clusters | take 3) | count;", [[3]]],
    ["Clusters | WHERE Name == 'a' | COUNT", [[1]]],
  ])("%s", async (query, rows) => {
    expect(await ask(query)).toEqual(rows);
  });
});

test("every function and aggregate is on the page for users", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/resource-graph.md"), "utf8");
  const missing = [...functionNames, ...aggregateNames].filter((name) => !page.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});

describe("what is wrong", () => {
  test.each([
    ["", "The query is empty"],
    ["clusters |", "Line 1, column 11: The query ends too early"],
    ["clusters | where name ==", "The query ends too early"],
    ["clusters | mv-apply x on (take 1)", "Line 1, column 12: The operator 'mv-apply' is not supported"],
    ["clusters\n| render piechart", "Line 2, column 3: The operator 'render' is not supported"],
    ["clusters | where name == 'a' 'b'", "Line 1, column 30: ''b'' is not understood here"],
    ["clusters | where name # 1", "'#' is not understood"],
    ["clusters | where foo == 1", "Failed to resolve 'foo'"],
    ["clusters | project-away foo", "Failed to resolve 'foo'"],
    ["clusters | where hash(name) == 1", "The function 'hash'() is not supported"],
    ["clusters | summarize percentile(name, 5)", "'percentile'() is no aggregate that is supported"],
    ["clusters | summarize name", "'summarize' makes columns with aggregates only"],
    ["clusters | summarize", "needs an aggregate"],
    ["pods | take 1", "The table 'pods' is not served here. Tables are: clusters, extensions"],
    ["clusters | where name == 3", "'==' cannot have values of the types string and long"],
    ["clusters | where name > ago(1d)", "types string and datetime"],
    ["clusters | where name", "What 'where' asks for must be of type bool"],
    ["clusters | extend x = name + 'a'", "Texts are joined with strcat()"],
    ["clusters | extend x = name.length", "Only what is dynamic has members"],
    ["clusters | extend x = datetime(name)", "'datetime(name)' is no datetime"],
    ["clusters | extend x = iff(true, 'a', 1)", "must have one type"],
    ["clusters | extend x = case(true, 1, false, 2)", "that is missing"],
    ["clusters | extend x = strlen()", "strlen() takes 1 parameters, and 0 are given"],
    ["clusters | where name matches regex '('", "is no regular expression"],
    ["clusters | where name matches regex location", "must be the same for every row"],
    ["clusters | join kind=sideways extensions on name", "kind=sideways is not supported here"],
    ["clusters | join extensions on name", "Failed to resolve 'name'"],
    ["clusters | parse kind=regex name with x", "kind=regex is not supported here"],
    ["clusters | take -1", "must be a whole number"],
    ["clusters | take name", "Failed to resolve 'name'"],
    ["clusters | mv-expand name", "must be of type dynamic"],
    ["let f = (x: long) { x }; clusters", "is not understood here"],
    ["clusters | where name in (extensions | project cluster)", "is not understood here"],
    ["union isfuzzy=true clusters, pods", "isfuzzy=true is not supported here"],
  ])("%s", async (query, message) => {
    await expect(ask(query)).rejects.toThrow(message);
  });
});
