import type { HostedKey } from "../kinds/index.ts";

/**
 * How our lifecycle functions get into Pulumi's engine without a plugin of our own. The engine's `pulumi-nodejs` plugin takes a
 * resource of type `pulumi-nodejs:dynamic/<module>:<Type>` whose property `__provider` is the text of a module, and calls the
 * provider that `exports.handler()` of that text returns. `pulumi.dynamic.Resource` makes such a text by serialising closures;
 * ours is one constant line per type that loads this package. So it never changes with a compiler, captures nothing, and costs
 * neither time nor state. The one place that knows this trick: docs/decisions/0050.
 */
export const providerProperty = "__provider";

/** The package whose plugin that is; an explicit provider is one of it with our settings as arguments. */
export const dynamicPackage = "pulumi-nodejs";

/** The type token and the hidden property of a resource of one kind. */
export function hostedType(key: HostedKey): { readonly token: string; readonly provider: string } {
  return {
    token: `${dynamicPackage}:dynamic/arcfleet:${key.charAt(0).toUpperCase()}${key.slice(1)}`,
    provider: `exports.handler=()=>require("@arcfleet/provider/hosted").hosted("${key}")`,
  };
}

/**
 * What the plugin does not tell providers and the SDK knows: an input that `check` takes away again, so that it never reaches the
 * state. See {@link Hints} for its fields.
 */
export const hintsProperty = "__hints";
