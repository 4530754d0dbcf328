import type { ArmResource, TypeDefinition } from "@arcfleet/contract";
import { z } from "zod";
import type { PropertyDifference } from "../inputs/differences.ts";
import type { Properties } from "../inputs/plain.ts";
import type { Hints, LifecycleContext } from "../lifecycle/context.ts";
import { type Place, placeOf } from "./place.ts";

/** What a verb works on: the checked inputs and the id that follows from them. */
export interface Wanted {
  readonly id: string;
  /** Inputs as the user gave them, unknown-free. */
  readonly inputs: Properties;
  /** The state before; absent when the resource is created. */
  readonly before?: Properties;
}

/** What a kind knows before the record is written. */
export interface Preparation {
  /** Added to the record's properties. */
  readonly properties?: Properties;
  /** The record must not exist yet. */
  readonly mustBeNew?: boolean;
  /** Outputs of ours, beside the record's. */
  readonly outputs?: Properties;
  /** Brings the resource to its end after the record was written; absent when the record is all. */
  readonly complete?: (record: ArmResource) => Promise<Completion>;
  /** Undoes what was prepared when the record was refused. */
  readonly undo?: () => Promise<void>;
}

export interface Completion {
  /** The record as it is now. */
  readonly record: ArmResource;
  readonly outputs?: Properties;
}

/** What was found while reading, beside the record. */
export interface Observation {
  /** Inputs that no longer hold, with what holds instead: shown as drift. */
  readonly drift?: Properties;
  readonly outputs?: Properties;
}

/** What was found when an existing resource is taken over, beside the record. */
export interface Adoption {
  /** Inputs that say something else than what is there; any of them refuses the adoption. */
  readonly differences?: readonly PropertyDifference[];
  readonly outputs?: Properties;
}

/**
 * What a type needs beyond the ARM verbs. Everything is optional; loaded only when a verb runs, because the libraries behind it
 * (Kubernetes, Helm) cost more than a preview of the whole stack.
 */
export interface Hooks {
  /** Whether a record that exists although it should be new may be written over. */
  mayTakeOver?(record: ArmResource): boolean;
  prepare?(context: LifecycleContext, wanted: Wanted): Promise<Preparation>;
  /** Looks at what is to be taken over. Writes nothing. */
  adopt?(context: LifecycleContext, wanted: Wanted, record: ArmResource): Promise<Adoption>;
  observe?(context: LifecycleContext, id: string, before: Properties, record: ArmResource): Promise<Observation>;
  beforeDelete?(context: LifecycleContext, id: string, before: Properties): Promise<void>;
  afterDelete?(context: LifecycleContext, id: string, before: Properties): Promise<void>;
}

/** A resource type as the provider sees it: the contract's definition and the little that is not derived from it. */
export interface ResourceKind {
  readonly definition: TypeDefinition;
  /** Default: in a resource group, or below the parent that the definition names. */
  readonly place?: Place;
  /** Inputs of ours that never travel to the control plane. */
  readonly ownInputs: z.ZodObject;
  /** Those of them that are secrets. */
  readonly ownSecrets?: readonly string[];
  /** Outputs of ours, which the hooks find out. */
  readonly ownOutputs?: z.ZodObject;
  /** Properties of the record that the provider writes itself, so that they are no inputs. */
  readonly managedProperties: readonly string[];
  /** What of the service's answer is kept as outputs. What changes by itself all the time is left out: it would show as drift. */
  readonly outputs: readonly string[];
  /** What programs read of a resource whose record could not be made and whose failure is tolerated. */
  readonly outputsWithoutRecord?: Properties;
  /** Inputs whose change replaces, beside those that the definition names. */
  readonly replacedBy: readonly string[];
  /** Properties that are compared without regard to case. */
  readonly caseInsensitive: readonly string[];
  /**
   * Why the resource is not yet what was asked for; undefined when it is. `wasUnfinished` tells a resource that never got there from
   * one that was there and has changed since, which is news but no work for the provider.
   */
  readonly unfinished: (inputs: Properties, record: ArmResource, wasUnfinished: boolean) => string | undefined;
  /** Completes inputs by those that follow from them, unknown from unknown; they are then inputs like all others. Pure. */
  readonly complete?: (inputs: Properties) => Properties;
  /**
   * Keeps or changes what was chosen for the program in the last run, such as a name. Pure.
   * @param before the inputs of the last run, for a replacement as well
   */
  readonly goOn?: (inputs: Properties, before: Properties | undefined, hints: Hints) => Properties;
  /**
   * Properties that may be left out although the record has them, with what is then put in their place: the next PUT keeps it so.
   * Beside those that are fixed at creation.
   */
  readonly filledIn?: (inputs: Properties, record: ArmResource) => Properties;
  /** Inputs of ours that follow from a record of which nothing else is known. */
  readonly imported?: (record: ArmResource) => Properties;
  /**
   * Rules between inputs, checked when all of them are known.
   * @param before the inputs of the last run; absent for a new resource
   */
  readonly refine?: (
    inputs: Properties,
    before: Properties | undefined,
    hints: Hints,
  ) => readonly { property: string; reason: string }[];
  /** What is to be said of a change beside the inputs that differ. */
  readonly notice?: (before: Properties | undefined, inputs: Properties) => string | undefined;
  /** Whether a replacement may be made before the old one goes. Default: when it is below another parent. */
  readonly createsFirst?: (before: Properties, inputs: Properties) => boolean;
  readonly loadHooks?: (inputs: Properties, before?: Properties) => Promise<Hooks> | undefined;
}

/** A resource seen from outside. What other languages know of a type, and what must be kept secret, is derived from it. */
export interface ResourceShape {
  readonly inputs: z.ZodObject;
  /** What the state holds beside the inputs. */
  readonly outputs: z.ZodObject;
  /** Inputs whose change replaces. */
  readonly replaces: ReadonlySet<string>;
  /** Inputs that are kept secret whatever the program says; what is inside of one, as `azureBlob.accountKey`. */
  readonly secrets: readonly string[];
  /** The resource has a name, and no rule of its own for one that is not given: it gets that of the Pulumi resource. */
  readonly takesName: boolean;
}

/** A kind with everything that is computed once. */
export interface PreparedKind extends ResourceKind {
  readonly place: Place;
  /** The schema of all inputs. */
  readonly inputs: z.ZodObject;
  /** Inputs that are properties of the record. */
  readonly properties: readonly string[];
  readonly replaces: ReadonlySet<string>;
  readonly shape: ResourceShape;
}

const text = z.string().min(1);

export function prepareKind(kind: ResourceKind): PreparedKind {
  const { definition } = kind;
  const place = kind.place ?? placeOf(definition);
  const tracked = definition.tracked
    ? { location: text, tags: z.record(z.string().min(1).max(512), z.string().max(256)).optional() }
    : {};
  const isManaged = (key: string): boolean => kind.managedProperties.includes(key);
  const properties = Object.entries(definition.properties.shape).filter(([key]) => !isManaged(key));
  const inputs = z.strictObject({
    ...place.inputs,
    ...tracked,
    ...kind.ownInputs.shape,
    ...Object.fromEntries(properties),
  });
  const replaces = new Set([
    ...Object.keys(place.inputs),
    ...(definition.tracked ? ["location"] : []),
    ...definition.createOnly,
    ...kind.replacedBy,
  ]);
  const secrets = [...definition.secrets.map(secretInput), ...(kind.ownSecrets ?? [])];
  return {
    ...kind,
    place,
    inputs,
    properties: properties.map(([key]) => key),
    replaces,
    shape: {
      inputs: z.object(Object.fromEntries(Object.entries(inputs.shape).filter(([key]) => !isManaged(key)))),
      outputs: outputsOf(kind),
      replaces,
      secrets: secrets.filter((path) => firstStep(path) in inputs.shape),
      takesName: kind.complete === undefined,
    },
  };
}

/** What is inside of a list has no place of its own that is known beforehand: the list as a whole is secret. */
const secretInput = (path: string): string => (path.includes("*") ? firstStep(path) : path);

const firstStep = (path: string): string => path.split(".")[0] ?? path;

/** What the state holds beside the inputs. */
function outputsOf({ definition, outputs, ownOutputs }: ResourceKind): z.ZodObject {
  const known: Readonly<Record<string, z.ZodType>> = { ...definition.properties.shape, ...definition.output.shape };
  const told = outputs.flatMap((key) => (known[key] === undefined ? [] : [[key, known[key]] as const]));
  const identity = definition.hasIdentity ? { principalId: z.string().optional() } : {};
  return z.object({ ...Object.fromEntries(told), ...identity, ...ownOutputs?.shape });
}
