import type { z } from "zod";
import type { EnvelopeField } from "../arm/envelope.ts";
import type { VersionRule } from "./version-rule.ts";

/** What everyone needs to know of one resource type, whoever serves it. */
export interface TypeDefinition<
  Properties extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> {
  /** The provider namespace as ARM writes it, `Microsoft.Kubernetes`. */
  readonly namespace: string;
  /** The type segment of ids as ARM writes it, `connectedClusters`. */
  readonly type: string;
  /** What a person calls one of these: `connected cluster`. */
  readonly singular: string;
  /** The type that this one extends; absent for what lives directly in a resource group, or has ids of its own kind. */
  readonly parent?: ResourceDefinition;
  /** The version that arcfleet's own provider speaks. */
  readonly providerApiVersion: string;
  /** True when the type has a location and tags of its own. */
  readonly tracked: boolean;
  /** The rule for names, with the words that explain it. */
  readonly name: { readonly pattern: RegExp; readonly rule: string };
  /** What a client may write under `properties`, with defaults. Unknown and read-only fields are ignored on input. */
  readonly properties: Properties;
  /** What the service adds under `properties`. */
  readonly output: Output;
  /** Fields that are shown with more in them than a client writes, as they are answered. */
  readonly shown?: z.ZodObject;
  /** Paths below `properties` that are fixed at creation: another value is refused, and replaces in Pulumi. */
  readonly createOnly: readonly string[];
  /** Paths below `properties` that are encrypted at rest and never returned: each a map of secrets, or one. */
  readonly secrets: readonly string[];
  /** True when the resource carries a system-assigned identity. */
  readonly hasIdentity: boolean;
  /** The smallest body of a PUT that is valid. */
  readonly example: { readonly location?: string; readonly properties: z.input<Properties> };
}

/** A type whose routes are derived: the verbs of the control plane are written once, over this. */
export interface ResourceDefinition<
  Properties extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> extends TypeDefinition<Properties, Output> {
  /** The value of the `type` field in answers; recorded traffic spells it differently from the id for some types. */
  readonly typeField: string;
  /** Accepted api-versions, newest stable first: generic clients take the first without `preview`. */
  readonly apiVersions: readonly string[];
  /** What only some of them know. */
  readonly versionRules?: readonly VersionRule[];
  /** What it has beside `properties`, fixed at creation. */
  readonly envelope?: readonly EnvelopeField[];
  /** The words that `kind` can be. */
  readonly kinds?: readonly string[];
  /** How PATCH treats the body: cluster answers 200 at once, the children are JSON merge patches. */
  readonly patch: {
    readonly fields: readonly string[];
    readonly isAsync: boolean;
    /** From this api-version on a PATCH is answered as one that goes on, 202 with a link, and takes these fields, too. */
    readonly later?: { readonly since: string; readonly fields: readonly string[] };
  };
  /** How Azure calls the operations, where it is not the type with a capital letter and `CreateOrUpdate`. */
  readonly operationNames?: { readonly group: string; readonly put: "Create" | "CreateOrUpdate" };
  /** The state while a write waits for the cluster: `Creating` for children, none for what is done at once. */
  readonly states: { readonly creating: string; readonly updating: string };
}

/** Defines a resource type. Identity function: it exists for inference and as the one place to look for. */
export function defineResource<Properties extends z.ZodObject, Output extends z.ZodObject>(
  definition: ResourceDefinition<Properties, Output>,
): ResourceDefinition<Properties, Output> {
  return definition;
}

/** Defines a type that the control plane serves with routes of its own, because ARM's rules for it are not those of a record. */
export function defineType<Properties extends z.ZodObject, Output extends z.ZodObject>(
  definition: TypeDefinition<Properties, Output>,
): TypeDefinition<Properties, Output> {
  return definition;
}

/** `Microsoft.Kubernetes/connectedClusters`. */
export const fullType = (definition: TypeDefinition): string => `${definition.namespace}/${definition.type}`;
