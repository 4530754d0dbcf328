/** Templates: their shape, and their parameters with what the caller gives for them. */
import { z } from "zod";
import type { JsonObject } from "../json.ts";
import { invalidTemplate } from "./invalid-template.ts";

const parameterTypes = ["string", "securestring", "int", "bool", "object", "secureobject", "array"] as const;
type ParameterType = (typeof parameterTypes)[number];

const Typed = z.looseObject({
  type: z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(parameterTypes)),
});

const Parameter = Typed.extend({
  defaultValue: z.unknown().optional(),
  allowedValues: z.array(z.unknown()).optional(),
  minValue: z.number().optional(),
  maxValue: z.number().optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
});

export const TemplateResource = z.looseObject({
  type: z.string().min(1).max(1024),
  apiVersion: z.string().min(1).max(64),
  name: z.string().min(1).max(24_576),
  scope: z.string().optional(),
  condition: z.union([z.boolean(), z.string()]).optional(),
  dependsOn: z.array(z.string()).optional(),
  existing: z.boolean().optional(),
  location: z.unknown().optional(),
  tags: z.unknown().optional(),
  kind: z.unknown().optional(),
  identity: z.unknown().optional(),
  plan: z.unknown().optional(),
  properties: z.unknown().optional(),
});
export type TemplateResource = z.infer<typeof TemplateResource>;

export const Template = z.looseObject({
  parameters: z.record(z.string(), Parameter).nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  resources: z.union([z.array(TemplateResource), z.record(z.string(), TemplateResource)]),
  outputs: z.record(z.string(), Typed.extend({ value: z.unknown(), condition: z.unknown().optional() })).nullish(),
  functions: z.array(z.unknown()).nullish(),
});
export type Template = z.infer<typeof Template>;

/** As many as ARM takes in one template. */
export const maxResources = 800;

export const isSecret = (type: ParameterType): boolean => type.startsWith("secure");

/** The values of the parameters, by lower-case name: what is given, else the default. */
export function readParameters(
  template: Template,
  given: JsonObject,
  evaluateDefault: (value: unknown, known: ReadonlyMap<string, unknown>) => unknown,
): Map<string, unknown> {
  const declared = Object.entries(template.parameters ?? {});
  const unknown = Object.keys(given).find((name) => !declared.some(([one]) => isSame(one, name)));
  if (unknown !== undefined) throw invalidTemplate(`the template has no parameter '${unknown}'`);
  const values = new Map<string, unknown>();
  for (const [name, parameter] of declared) {
    const key = Object.keys(given).find((one) => isSame(one, name));
    const value =
      key === undefined
        ? defaultOf(name, parameter, (one) => evaluateDefault(one, values))
        : givenValue(name, given[key]);
    checkParameter(name, parameter, value);
    values.set(name.toLowerCase(), value);
  }
  return values;
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const Given = z.looseObject({ value: z.unknown() });

function givenValue(name: string, given: unknown): unknown {
  const parsed = Given.safeParse(given);
  if (parsed.success && "value" in parsed.data) return parsed.data.value;
  throw invalidTemplate(
    `the parameter '${name}' must be given as {"value": …}; references to key vaults are not offered here`,
  );
}

function defaultOf(name: string, parameter: z.infer<typeof Parameter>, evaluate: (value: unknown) => unknown): unknown {
  if (parameter.defaultValue !== undefined) return evaluate(parameter.defaultValue);
  throw invalidTemplate(`the value for the template parameter '${name}' is not provided`);
}

function checkParameter(name: string, parameter: z.infer<typeof Parameter>, value: unknown): void {
  const { type, allowedValues, minValue, maxValue, minLength, maxLength } = parameter;
  const wrong = (why: string) => invalidTemplate(`the value of the parameter '${name}' ${why}`);
  if (!isOfType(type, value)) throw wrong(`is not of the type '${type}'`);
  const same = JSON.stringify(value);
  if (allowedValues !== undefined && !allowedValues.some((one) => JSON.stringify(one) === same)) {
    throw wrong(`is not one of ${allowedValues.map((one) => JSON.stringify(one)).join(", ")}`);
  }
  if (typeof value === "number" && (value < (minValue ?? value) || value > (maxValue ?? value))) {
    throw wrong("is not in its range");
  }
  if (typeof value !== "string" && !Array.isArray(value)) return;
  if (value.length < (minLength ?? 0) || value.length > (maxLength ?? value.length)) throw wrong("has a wrong length");
}

function isOfType(type: ParameterType, value: unknown): boolean {
  if (type === "string" || type === "securestring") return typeof value === "string";
  if (type === "int") return Number.isSafeInteger(value);
  if (type === "bool") return typeof value === "boolean";
  if (type === "array") return Array.isArray(value);
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
