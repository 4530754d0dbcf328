import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createEvaluator } from "../../src/deployments/expression/evaluate.ts";
import { DomainError } from "../../src/errors.ts";

const subscriptionId = "11111111-2222-3333-4444-555555555555";
const group = `/subscriptions/${subscriptionId}/resourceGroups/fleet`;

const evaluator = (variables: Readonly<Record<string, unknown>> = {}) =>
  createEvaluator({
    resourceGroup: { id: group, name: "fleet", location: "westeurope" },
    subscription: { id: `/subscriptions/${subscriptionId}`, subscriptionId },
    tenant: { tenantId: "t" },
    deployment: { name: "d" },
    parameters: new Map<string, unknown>([
      ["name", "east"],
      ["ports", [80, 443]],
      ["git", { url: "https://example.com", Branch: "main" }],
    ]),
    variables: new Map(Object.entries(variables).map(([name, value]) => [name.toLowerCase(), value])),
  });

describe("an expression", () => {
  test.each<readonly [string, unknown]>([
    ["plain", "plain"],
    ["[[not an expression]", "[not an expression]"],
    ["[parameters('NAME')]", "east"],
    ["[concat('a-', parameters('name'), '-', 1)]", "a-east-1"],
    ["[ concat( createArray(1) , parameters('ports') ) ]", [1, 80, 443]],
    ["[format('{0}/{1}/{{x}}', 'a', true())]", "a/True/{x}"],
    ["[parameters('git').branch]", "main"],
    ["[parameters('git')['url']]", "https://example.com"],
    ["[parameters('ports')[1]]", 443],
    ["['it''s']", "it's"],
    ["[if(equals(parameters('name'), 'east'), 'yes', variables('missing'))]", "yes"],
    ["[if(not(empty('')), 1, 2)]", 2],
    ["[and(contains(parameters('ports'), 80), or(false(), greater(2, 1)))]", true],
    ["[coalesce(null(), json('null'), 'x')]", "x"],
    ["[resourceGroup().location]", "westeurope"],
    [
      "[resourceId('Microsoft.Kubernetes/connectedClusters', 'c')]",
      `${group}/providers/Microsoft.Kubernetes/connectedClusters/c`,
    ],
    ["[resourceId('other', 'A.B/c/d', 'x', 'y')]", `${group.replace("fleet", "other")}/providers/A.B/c/x/d/y`],
    ["[extensionResourceId(resourceId('A.B/c', 'x'), 'D.E/f', 'y')]", `${group}/providers/A.B/c/x/providers/D.E/f/y`],
    ["[join(split('a/b,c', createArray('/', ',')), '-')]", "a-b-c"],
    ["[union(createObject('a', 1), createObject('b', base64('x')))]", { a: 1, b: "eA==" }],
    ["[substring(toUpper(trim(' abc ')), 1)]", "BC"],
    ["[last(first(json('[[1,2]]')))]", 2],
    ["[add(length('abc'), int('4'))]", 7],
  ])("%s", (text, value) => {
    expect(evaluator().evaluate(text)).toEqual(value);
  });

  test("is worked out wherever it stands, and variables may use one another", () => {
    const { evaluate } = evaluator({ a: "[concat(variables('b'), '!')]", b: "[toLower('X')]" });
    expect(evaluate({ "[variables('b')]": ["[variables('a')]", { deep: "[variables('A')]" }] })).toEqual({
      x: ["x!", { deep: "x!" }],
    });
  });

  test.each([
    ["[reference('x')]", "the function 'reference' is not one that templates have here"],
    ["[concat('a']", "is not understood at its end"],
    ["[concat('a') 'b']", "is not understood at ''b''"],
    ["[parameters('other')]", "the parameter 'other' is not in the template"],
    ["[parameters('git').tag]", "property 'tag' does not exist"],
    ["[parameters('ports')[7]]", "property '7' does not exist"],
    ["[constructor('x')]", "the function 'constructor' is not one"],
    ["[parameters('git').constructor]", "property 'constructor' does not exist"],
    ["[resourceId('A.B/c/d', 'x')]", "do not fit"],
    [`[${"concat(".repeat(100)}'x'${")".repeat(100)}]`, "nests deeper"],
    ["[toLower(1)]", "takes a text"],
  ])("%s is refused", (text, message) => {
    expect(() => evaluator().evaluate(text)).toThrow(message);
  });

  test("that is made from itself is refused", () => {
    expect(() => evaluator({ a: "[variables('b')]", b: "[variables('a')]" }).evaluate("[variables('a')]")).toThrow(
      "made from itself",
    );
  });

  test.each([
    ["texts", "[concat(variables('v{n}'), variables('v{n}'))]"],
    ["arrays", "[createArray(variables('v{n}'), variables('v{n}'))]"],
  ])("that doubles %s without end is refused before it fills memory", (_, pattern) => {
    const variables = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [`v${at + 1}`, pattern.replaceAll("{n}", String(at))]),
    );
    expect(() => evaluator({ v0: "xxxxxxxx", ...variables }).evaluate("[variables('v60')]")).toThrow("grows beyond");
  });

  test("of any soup of words ends in a value or in a refusal", () => {
    const word = fc.constantFrom(
      "concat",
      "(",
      ")",
      "[",
      "]",
      ",",
      ".",
      "'a'",
      "''",
      "1",
      "-",
      "parameters",
      "'name'",
      "if",
      " ",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), (words) => {
        try {
          evaluator().evaluate(`[${words.join("")}]`);
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
