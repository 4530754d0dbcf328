import { isJsonObject, type JsonObject } from "../../json.ts";
import { invalidTemplate } from "../invalid-template.ts";
import { functions } from "./functions.ts";
import { type Expression, isExpression, literalOf, parseExpression } from "./parse-expression.ts";
import { idBelow, resourceIdOf } from "./resource-ids.ts";

/** What expressions can ask for. */
export interface Surroundings {
  readonly resourceGroup: JsonObject & { readonly id: string; readonly name: string };
  readonly subscription: JsonObject & { readonly id: string; readonly subscriptionId: string };
  readonly deployment: JsonObject;
  readonly tenant: JsonObject;
  /** Values of parameters, by name in lower case. */
  readonly parameters: ReadonlyMap<string, unknown>;
  /** Variables as the template writes them, by name in lower case. */
  readonly variables: ReadonlyMap<string, unknown>;
}

/** Some forty times the largest template: values that are put together from one another grow without end. */
const maxSize = 4_000_000;
const maxCalls = 200_000;

const withOwnRules = [
  "parameters",
  "variables",
  "if",
  "resourceGroup",
  "subscription",
  "deployment",
  "tenant",
  "resourceId",
  "extensionResourceId",
  "subscriptionResourceId",
] as const;

export interface Evaluator {
  /** A value of the template with every expression in it worked out. */
  evaluate(value: unknown): unknown;
}

export function createEvaluator(surroundings: Surroundings): Evaluator {
  const variables = new Map<string, unknown>();
  const underWay = new Set<string>();
  const sizes = new WeakMap<object, number>();
  let calls = 0;

  const sizeOf = (value: unknown): number => {
    if (typeof value === "string") return value.length + 2;
    if (typeof value !== "object" || value === null) return 4;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    const size = Object.entries(value).reduce((sum, [key, part]) => sum + key.length + sizeOf(part), 2);
    sizes.set(value, size);
    return size;
  };
  const bounded = (value: unknown): unknown => {
    if (sizeOf(value) <= maxSize) return value;
    throw invalidTemplate(`a value of the template grows beyond ${maxSize} characters`);
  };

  const variable = (name: string): unknown => {
    const key = name.toLowerCase();
    if (variables.has(key)) return variables.get(key);
    if (!surroundings.variables.has(key)) throw invalidTemplate(`the variable '${name}' is not in the template`);
    if (underWay.has(key)) throw invalidTemplate(`the variable '${name}' is made from itself`);
    underWay.add(key);
    const value = evaluate(surroundings.variables.get(key));
    underWay.delete(key);
    variables.set(key, value);
    return value;
  };

  const call = (name: string, parts: readonly Expression[]): unknown => {
    if (++calls > maxCalls) throw invalidTemplate(`the template makes more than ${maxCalls} calls`);
    const key = name.toLowerCase();
    // Only the side that is taken is worked out: the other may well be impossible.
    if (key === "if") {
      const [condition, then, otherwise] = parts;
      if (!condition || !then || !otherwise) throw invalidTemplate("if() takes a condition and two values");
      const isTrue = run(condition);
      if (typeof isTrue !== "boolean") throw invalidTemplate("the condition of if() is neither true nor false");
      return run(isTrue ? then : otherwise);
    }
    const given = parts.map(run);
    const texts = given.map((one) => (typeof one === "string" ? one : String(one)));
    switch (key) {
      case "parameters": {
        const wanted = texts[0] ?? "";
        if (surroundings.parameters.has(wanted.toLowerCase())) return surroundings.parameters.get(wanted.toLowerCase());
        throw invalidTemplate(`the parameter '${wanted}' is not in the template`);
      }
      case "variables":
        return variable(texts[0] ?? "");
      case "resourcegroup":
        return surroundings.resourceGroup;
      case "subscription":
        return surroundings.subscription;
      case "deployment":
        return surroundings.deployment;
      case "tenant":
        return surroundings.tenant;
      case "resourceid":
        return resourceIdOf(texts, {
          subscription: surroundings.subscription.subscriptionId,
          group: surroundings.resourceGroup.name,
        });
      case "extensionresourceid":
        return idBelow(texts[0] ?? "", texts[1] ?? "", texts.slice(2));
      case "subscriptionresourceid": {
        const isGiven = !(texts[0] ?? "").includes("/");
        const scope = isGiven ? `/subscriptions/${texts[0]}` : surroundings.subscription.id;
        const [type = "", ...names] = isGiven ? texts.slice(1) : texts;
        return idBelow(scope, type, names);
      }
    }
    const known = Object.hasOwn(functions, key) ? functions[key] : undefined;
    if (known !== undefined) return bounded(known(given));
    throw invalidTemplate(
      `the function '${name}' is not one that templates have here. They have: ${[...withOwnRules, ...Object.keys(functions)].join(", ")}`,
    );
  };

  const run = (expression: Expression): unknown => {
    if (expression.kind === "literal") return expression.value;
    if (expression.kind === "call") return call(expression.name, expression.parts);
    return memberOf(run(expression.of), run(expression.name));
  };

  const evaluate = (value: unknown): unknown => {
    if (typeof value === "string") return isExpression(value) ? run(parseExpression(value)) : literalOf(value);
    if (Array.isArray(value)) return bounded(value.map(evaluate));
    if (!isJsonObject(value)) return value;
    if (Object.hasOwn(value, "copy")) throw invalidTemplate("'copy' is not offered here: write each one out");
    const entries = Object.entries(value).map(([key, part]) => [String(evaluate(key)), evaluate(part)] as const);
    return bounded(Object.fromEntries(entries));
  };
  return { evaluate };
}

/** Names of members are compared without regard to case, as everywhere in templates. */
function memberOf(holder: unknown, name: unknown): unknown {
  if (Array.isArray(holder) && typeof name === "number" && name >= 0 && name < holder.length) return holder[name];
  if (isJsonObject(holder) && typeof name === "string") {
    const key = Object.keys(holder).find((one) => one.toLowerCase() === name.toLowerCase());
    if (key !== undefined) return holder[key];
  }
  throw invalidTemplate(`the language expression property '${String(name)}' does not exist`);
}
