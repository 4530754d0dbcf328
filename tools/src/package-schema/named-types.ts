import { z } from "zod";
import type { SdkDocs } from "./sdk-docs.ts";
import { itemMark, type NamedTypes, type TypeSpec, typeSpecOf } from "./type-spec.ts";

export interface PropertySpec extends TypeSpec {
  readonly description?: string;
  readonly secret?: true;
  readonly willReplaceOnChanges?: true;
}

export interface ObjectTypeSpec {
  readonly type: "object";
  readonly description?: string;
  readonly properties: Readonly<Record<string, PropertySpec>>;
  readonly required: readonly string[];
}

interface EnumTypeSpec {
  readonly type: "string";
  readonly enum: readonly { readonly value: string }[];
}

/** The types of a package that have a name: objects and enumerations, each named after the path that leads to it. */
export class TypeCollection implements NamedTypes {
  readonly #packageName: string;
  readonly #docs: SdkDocs;
  readonly #types = new Map<string, ObjectTypeSpec | EnumTypeSpec>();

  constructor(packageName: string, docs: SdkDocs) {
    this.#packageName = packageName;
    this.#docs = docs;
  }

  /** All types found so far, in the order of their tokens. */
  get types(): Readonly<Record<string, ObjectTypeSpec | EnumTypeSpec>> {
    return Object.fromEntries([...this.#types].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  object(schema: z.ZodObject, path: readonly string[]): string {
    return this.#add(path, {
      type: "object",
      properties: Object.fromEntries(
        Object.entries(schema.shape).map(([key, field]) => [key, this.property(field, [...path, key])]),
      ),
      required: requiredOf(schema),
    });
  }

  enumeration(values: readonly string[], path: readonly string[]): string {
    return this.#add(path, { type: "string", enum: values.map((value) => ({ value })) });
  }

  /** A property with its comment. The first step of the path is the class. */
  property(schema: z.core.$ZodType, path: readonly string[]): PropertySpec {
    const [className = "", ...steps] = path.map((step) => step.replaceAll(itemMark, ""));
    return {
      ...typeSpecOf(schema, path, this),
      description: this.#docs.ofArgument(className, steps) ?? descriptionOf(schema),
    };
  }

  #add(path: readonly string[], spec: ObjectTypeSpec | EnumTypeSpec): string {
    const token = `${this.#packageName}:index:${path.map(nameOfStep).join("")}`;
    const known = this.#types.get(token);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(spec)) {
      throw new Error(`two different types would be named ${token}; rename a property in the contract`);
    }
    this.#types.set(token, spec);
    return `#/types/${token}`;
  }
}

/** One item of `kustomizations` is a `Kustomization`. */
function nameOfStep(step: string): string {
  const single = step.endsWith(itemMark) ? step.replaceAll(itemMark, "").replace(/s$/, "") : step;
  return single.charAt(0).toUpperCase() + single.slice(1);
}

/** The fields that must be there. */
export const requiredOf = (schema: z.ZodObject): string[] =>
  Object.entries(schema.shape)
    .filter(([, field]) => field._zod.optin !== "optional" && !field.safeParse(undefined).success)
    .map(([key]) => key);

/** What the schema says itself, for what the SDK finds out and so does not ask for. */
const descriptionOf = (schema: z.core.$ZodType): string | undefined => z.globalRegistry.get(schema)?.description;
