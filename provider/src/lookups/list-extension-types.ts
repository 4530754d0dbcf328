import { extension } from "@arcfleet/contract";
import { z } from "zod";
import { allPages } from "./all-pages.ts";
import type { LookupClient } from "./lookup-client.ts";

/** Which extension types are listed. */
export interface ExtensionTypeFilter {
  /**
   * Only types with a version on this train, in any case; and of each the versions on it.
   * @default all versions
   * @example "Stable"
   */
  readonly releaseTrain?: string;
}

/** An extension type that extensions can be made of. */
export interface ExtensionTypeInfo {
  /** What to give to an extension as `extensionType`. */
  readonly extensionType: string;
  readonly description: string;
  readonly publisher: string;
  /** Where releases go whose extension names no namespace; absent for a type that is only installed into one namespace. */
  readonly defaultReleaseNamespace?: string;
  /** The versions, newest first. */
  readonly versions: readonly string[];
}

const apiVersion = "2023-05-01-preview";

const ExtensionTypeRecord = z.object({
  id: z.string(),
  name: z.string(),
  properties: z.object({
    extensionType: z.string(),
    description: z.string().nullish(),
    publisher: z.string().nullish(),
    supportedScopes: z
      .object({ clusterScopeSettings: z.object({ defaultReleaseNamespace: z.string().nullish() }).nullish() })
      .nullish(),
  }),
});

const VersionRecord = z.object({ name: z.string() });

/** The types that come with the control plane and those that were registered, in the order of their names. */
export async function listExtensionTypes(
  lookup: LookupClient,
  { releaseTrain }: ExtensionTypeFilter = {},
): Promise<readonly ExtensionTypeInfo[]> {
  const query = { "api-version": apiVersion, ...(releaseTrain === undefined ? {} : { releaseTrain }) };
  // The same everywhere: a location is only part of the path that Azure gave this list.
  const path = `/subscriptions/${lookup.settings.subscriptionId}/providers/${extension.namespace}/locations/local/extensionTypes`;
  const types = await allPages(lookup, path, ExtensionTypeRecord, query);
  return Promise.all(
    types.map(async ({ id, properties }) => {
      const versions = await allPages(lookup, `${id}/versions`, VersionRecord, query);
      const namespace = properties.supportedScopes?.clusterScopeSettings?.defaultReleaseNamespace ?? undefined;
      return {
        extensionType: properties.extensionType,
        description: properties.description ?? "",
        publisher: properties.publisher ?? "",
        ...(namespace === undefined ? {} : { defaultReleaseNamespace: namespace }),
        versions: versions.map(({ name }) => name),
      };
    }),
  );
}
