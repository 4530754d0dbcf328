import { type HostedKey, hintsProperty, hostedType, providerProperty } from "@arcfleet/provider";
import * as pulumi from "@pulumi/pulumi";
import { remember } from "./declared.ts";
import { hintsIn } from "./hints.ts";

export interface ResourceShape {
  readonly key: HostedKey;
  /** Every field that programs may read: Pulumi fills in those alone that it knows of from the beginning. */
  readonly outputs: readonly string[];
  /** Inputs that are kept encrypted in the state; what is inside of one, as `azureBlob.accountKey`. */
  readonly secrets: readonly string[];
  /** Set for a type whose name follows from its other inputs, instead of being that of the Pulumi resource. */
  readonly nameFollows?: true;
}

/** What every resource class takes beside its properties. */
export interface AdoptArgs {
  /**
   * Takes over the resource that exists under this name instead of making one: it is read and compared with the program, and
   * nothing is written. It must exist, and the program must say what is there; an error lists what differs. Secrets cannot be
   * compared but by their names: they are taken from the program, and sent with the next real update.
   *
   * Counts for a resource that is new to the stack, and is no change: it may stay in the program or be taken out afterwards. See
   * docs/adopting.md.
   * @default false
   * @example adopt: true
   */
  adopt?: boolean;
}

/** What the resource classes have in common. */
export abstract class ArcfleetResource extends pulumi.CustomResource {
  /** @param args absent when an existing resource is looked up by `options.id` */
  protected constructor(
    shape: ResourceShape,
    name: string,
    args: Readonly<Record<string, unknown>> | undefined,
    options: pulumi.CustomResourceOptions,
  ) {
    const { token, provider } = hostedType(shape.key);
    const inputs: Record<string, unknown> = {};
    for (const output of shape.outputs) inputs[output] = undefined;
    const { adopt, ...given } = args ?? {};
    if (args !== undefined) Object.assign(inputs, given, shape.nameFollows ? {} : { name: given.name ?? name });
    const secrets = shape.secrets.filter((secret) => inputs[secret] !== undefined);
    for (const path of shape.secrets) {
      const [name = "", ...inside] = path.split(".");
      if (inputs[name] !== undefined) inputs[name] = secretAt(inputs[name], inside);
    }
    inputs[providerProperty] = provider;
    if (args !== undefined) {
      const urn = withoutDependencies(pulumi.createUrn(name, token, options.parent));
      const isNameDefault = given.name === undefined && !shape.nameFollows;
      inputs[hintsProperty] = {
        urn,
        ...hintsIn(options),
        ...(isNameDefault ? { isNameDefault } : {}),
        ...(adopt === true ? { adopt } : {}),
      };
    }
    super(token, name, inputs, {
      ...options,
      ...(secrets.length === 0
        ? {}
        : { additionalSecretOutputs: [...(options.additionalSecretOutputs ?? []), ...secrets] }),
    });
    remember(this, shape, given);
  }
}

/** Marks what is at the steps; all of a value that is only known later, because nothing can be told of its inside. */
function secretAt(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined || pulumi.Output.isInstance(value) || value instanceof Promise) return pulumi.secret(value);
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return value;
  const held: Record<string, unknown> = { ...value };
  return held[step] === undefined ? value : { ...held, [step]: secretAt(held[step], rest) };
}

/**
 * The text alone. As an output it would make a resource depend on the component it belongs to, that is, on everything in it: two
 * siblings would wait for each other for ever.
 */
async function withoutDependencies(urn: pulumi.Output<string>): Promise<string | undefined> {
  let text: string | undefined;
  const read = urn.apply((known) => {
    text = known;
  });
  await pulumi.isSecret(read);
  return text;
}
