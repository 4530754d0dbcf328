import {
  type ExtensionTypeFilter,
  type ExtensionTypeInfo,
  listExtensionTypes as list,
} from "@arcfleet/provider/lookups";
import * as pulumi from "@pulumi/pulumi";
import { type LookupOptions, lookUp, lookUpOutput } from "./look-up.ts";

/** Which extension types are listed, with values that are known later. */
export type ExtensionTypeFilterInputs = {
  [K in keyof ExtensionTypeFilter]?: pulumi.Input<ExtensionTypeFilter[K]>;
};

/**
 * Lists the extension types that extensions can be made of, those that come with the control plane and those that teams registered,
 * in the order of their names, each with its versions. Costs one request, and one more for each type; at every preview and update.
 * Nothing of it is kept in the state.
 *
 * @example
 * const types = await listExtensionTypes({ releaseTrain: "Preview" });
 * for (const { extensionType, versions } of types) console.log(extensionType, versions[0]);
 * @throws when the control plane cannot be asked
 */
export const listExtensionTypes = (
  filter: ExtensionTypeFilter = {},
  options?: LookupOptions,
): Promise<readonly ExtensionTypeInfo[]> =>
  lookUp({ name: "listExtensionTypes", args: filter, options, read: (client) => list(client, filter) });

/** {@link listExtensionTypes} for values that are known later, such as a type that this program registers. */
export const listExtensionTypesOutput = (
  filter: ExtensionTypeFilterInputs = {},
  options?: LookupOptions,
): pulumi.Output<readonly ExtensionTypeInfo[]> =>
  lookUpOutput(pulumi.output(filter), options, (known) => listExtensionTypes(known, options));
