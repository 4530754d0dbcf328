import { unwrap } from "@arcfleet/provider/package";
import { z } from "zod";

/** A type as Pulumi's package schema writes it: https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/ */
export interface TypeSpec {
  readonly type?: "string" | "boolean" | "integer" | "number" | "array" | "object";
  readonly items?: TypeSpec;
  readonly additionalProperties?: TypeSpec;
  readonly $ref?: string;
  readonly oneOf?: readonly TypeSpec[];
}

/** What the generator does with the parts of a schema that have a name of their own. */
export interface NamedTypes {
  object(schema: z.ZodObject, path: readonly string[]): string;
  enumeration(values: readonly string[], path: readonly string[]): string;
}

/** Ends the step of a path that leads to the items of a list or the values of a map. */
export const itemMark = "[]";

/** The Pulumi type of a schema; `path` leads to it from the resource. */
export function typeSpecOf(wrapped: z.core.$ZodType, path: readonly string[], named: NamedTypes): TypeSpec {
  const schema = unwrap(wrapped);
  if (schema instanceof z.ZodObject) return { $ref: named.object(schema, path) };
  if (schema instanceof z.ZodEnum) return { $ref: named.enumeration(schema.options.map(String), path) };
  if (schema instanceof z.ZodArray) {
    return { type: "array", items: typeSpecOf(schema.element, itemsOf(path), named) };
  }
  if (schema instanceof z.ZodRecord) {
    return { type: "object", additionalProperties: typeSpecOf(schema.valueType, itemsOf(path), named) };
  }
  if (schema instanceof z.ZodUnion) {
    // A choice between objects would need a name for each; the provider's `check` says what is wrong with one that is none of them.
    if (schema.options.filter((option) => option instanceof z.ZodObject).length > 1)
      return { $ref: "pulumi.json#/Any" };
    return { oneOf: schema.options.map((option) => typeSpecOf(option, path, named)) };
  }
  if (schema instanceof z.ZodBoolean) return { type: "boolean" };
  if (schema instanceof z.ZodNumber) return { type: schema.format === "safeint" ? "integer" : "number" };
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return { type: "string" };
  if (schema instanceof z.ZodUnknown) return { $ref: "pulumi.json#/Any" };
  throw new Error(`${path.join(".")}: Pulumi's package schema has no type for ${schema._zod.def.type}`);
}

const itemsOf = (path: readonly string[]): readonly string[] => [...path.slice(0, -1), `${path.at(-1)}${itemMark}`];
