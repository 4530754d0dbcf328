import { type ExtensionProperties, extension } from "@arcfleet/contract";
import { z } from "zod";
import { invalid } from "../errors.ts";
import type { ResourceHooks } from "./resource-hooks.ts";

/** What was chosen from the catalogue when the extension was written; the agent gets exactly this. */
export const ResolvedExtension = z.object({
  version: z.string(),
  releaseNamespace: z.string(),
  isNamespaced: z.boolean(),
});
export type ResolvedExtension = z.infer<typeof ResolvedExtension>;

const hooks: ResourceHooks = {
  async check({ catalogue }, values) {
    const properties: Partial<ExtensionProperties> = values;
    const { extensionType = "", version, autoUpgradeMinorVersion, releaseTrain = "Stable", scope } = properties;
    if (version !== undefined && autoUpgradeMinorVersion === true) {
      throw invalid(
        `'version' pins the extension to ${version}, but 'autoUpgradeMinorVersion' is true. Leave 'version' out, or set 'autoUpgradeMinorVersion' to false.`,
        "properties.version",
      );
    }
    if (scope?.cluster && scope.namespace) {
      throw invalid(
        "'scope' holds both 'cluster' and 'namespace'; an extension is either cluster-wide or in one namespace. Leave one out.",
        "properties.scope",
      );
    }
    const resolved = await catalogue.resolveExtension({ extensionType, version, releaseTrain });
    const isNamespaced = scope?.namespace !== undefined;
    if (!resolved.scopes.includes(isNamespaced ? "namespace" : "cluster")) {
      throw invalid(
        `The extension type '${resolved.extensionType}' can only be installed with the scope '${resolved.scopes.join("' or '")}'. Give that in 'scope'.`,
        "properties.scope",
      );
    }
    if (isNamespaced && scope?.namespace?.targetNamespace === undefined) {
      throw invalid(
        "'scope.namespace' does not say which: give 'targetNamespace'.",
        "properties.scope.namespace.targetNamespace",
      );
    }
    const releaseNamespace = scope?.namespace?.targetNamespace ?? scope?.cluster?.releaseNamespace;
    return {
      version: resolved.version,
      releaseNamespace: releaseNamespace ?? resolved.defaultReleaseNamespace,
      isNamespaced,
    } satisfies ResolvedExtension;
  },

  followsCheck: (values) => (values as Partial<ExtensionProperties>).autoUpgradeMinorVersion !== false,

  outputAfterWrite: (output) => ({ ...output, errorInfo: null }),

  comparable: (values) => ({ ...values, autoUpgradeMinorVersion: followsUpgrades(values) }),

  present(_services, properties) {
    return {
      autoUpgradeMinorVersion: followsUpgrades(properties),
      version: properties.version ?? null,
      currentVersion: null,
      isSystemExtension: false,
      errorInfo: null,
      statuses: [],
    };
  },
};

/** An extension follows its train unless it is pinned or says otherwise. */
export const followsUpgrades = ({ autoUpgradeMinorVersion, version }: Partial<ExtensionProperties>): boolean =>
  autoUpgradeMinorVersion ?? version === undefined;

export const extensionHooks = { definition: extension, hooks };
