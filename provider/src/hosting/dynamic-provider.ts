import type { ResourceKey } from "@arcfleet/contract";

/**
 * How our lifecycle functions get into Pulumi's engine without a plugin of our own. The engine's `pulumi-nodejs` plugin takes a
 * resource of type `pulumi-nodejs:dynamic/<module>:<Type>` whose property `__provider` is the text of a module, and calls the
 * provider that `exports.handler()` of that text returns. `pulumi.dynamic.Resource` makes such a text by serialising closures;
 * ours is one constant line per type that loads this package. So it never changes with a compiler, captures nothing, and costs
 * neither time nor state. The one place that knows this trick: docs/decisions/0050.
 */
export const providerProperty = "__provider";

const typeNames: Readonly<Record<ResourceKey, string>> = {
  connectedCluster: "ConnectedCluster",
  extension: "Extension",
  fluxConfiguration: "FluxConfiguration",
};

/** The type token and the hidden property of a resource of one kind. */
export function hostedType(key: ResourceKey): { readonly token: string; readonly provider: string } {
  return {
    token: `pulumi-nodejs:dynamic/arcfleet:${typeNames[key]}`,
    provider: `exports.handler=()=>require("@arcfleet/provider/hosted").hosted("${key}")`,
  };
}

/**
 * The URN of a resource, for progress messages on its own line of the display. The plugin does not tell it to providers; the SDK
 * passes it as an input that `check` takes away again, so that it never reaches the state.
 */
export const urnProperty = "__urn";
