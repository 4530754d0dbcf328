import { type LookupClient, lookupClient, type StackConfig } from "@arcfleet/provider/lookups";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { knownValue } from "../known-value.ts";
import type { Provider } from "../provider.ts";

/** How something is looked up. */
export interface LookupOptions {
  /**
   * The control plane that is asked.
   * @default the one that the stack's configuration and environment name
   */
  readonly provider?: Provider;
}

export interface Lookup<Found> {
  readonly name: string;
  readonly args: object;
  readonly options: LookupOptions | undefined;
  readonly read: (client: LookupClient) => Promise<Found>;
}

/**
 * Asks the control plane, from within the program. Under Pulumi's mocks it asks their `call` instead, as the look-ups of every other
 * package do.
 */
export async function lookUp<Found>({ name, args, options, read }: Lookup<Found>): Promise<Found> {
  if (pulumi.runtime.getMonitor() instanceof MockMonitor) {
    const answer: { readonly result?: Found } = await pulumi.runtime.invoke(`arcfleet:index:${name}`, { ...args });
    if (answer.result !== undefined) return answer.result;
    throw new Error(`The mocks must answer arcfleet:index:${name} with { result: … }, in the shape of ${name}.`);
  }
  return read(await lookupClient(await configOf(name, options?.provider)));
}

async function configOf(name: string, provider: Provider | undefined): Promise<StackConfig> {
  if (provider === undefined) return pulumi.runtime.allConfig();
  const known = await knownValue(provider.lookupConfig());
  if (known !== undefined) return known.value;
  throw new Error(`${name} cannot ask a control plane that is only known after an update: use ${name}Output.`);
}

/** Looks something up as soon as everything it needs is known: in a preview that may be never, and then the result is unknown. */
export const lookUpOutput = <Args, Found>(
  args: pulumi.Output<Args>,
  options: LookupOptions | undefined,
  read: (args: Args) => Promise<Found>,
): pulumi.Output<Found> => {
  const provider = options?.provider;
  const look = (known: Args) => read(known);
  return provider === undefined
    ? args.apply(look)
    : args.apply((known) => provider.lookupConfig().apply(() => look(known)));
};
