import { ExtensionProperties, extension, fullType } from "@arcfleet/contract";
import { z } from "zod";
import { resolveVersion } from "../catalogue/extension-type-entry.ts";
import { invalid } from "../errors.ts";
import { refuseWhileOffering } from "./custom-location.ts";
import { forgetUse, recordUse } from "./extension-uses.ts";
import type { ResourceHooks } from "./resource-hooks.ts";

/** What was chosen from the catalogue when the extension was written; the agent gets exactly this. */
export const ResolvedExtension = z.object({
  version: z.string(),
  releaseNamespace: z.string(),
  isNamespaced: z.boolean(),
  /** The lower-case id of the type when a user registered it. */
  typeKey: z.string().optional(),
});
export type ResolvedExtension = z.infer<typeof ResolvedExtension>;

const hooks: ResourceHooks = {
  async check({ extensionTypes }, values, db) {
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
    const type = await extensionTypes.require(extensionType, db);
    const resolved = resolveVersion(type, { version, releaseTrain });
    const isNamespaced = scope?.namespace !== undefined;
    if (!type.scopes.includes(isNamespaced ? "namespace" : "cluster")) {
      throw invalid(
        `The extension type '${type.name}' can only be installed with the scope '${type.scopes.join("' or '")}'. Give that in 'scope'.`,
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
      releaseNamespace: releaseNamespace ?? type.defaultReleaseNamespace,
      isNamespaced,
      ...(type.resourceKey === undefined ? {} : { typeKey: type.resourceKey }),
    } satisfies ResolvedExtension;
  },

  followsCheck(values) {
    const { autoUpgradeMinorVersion, autoUpgradeMode }: Partial<ExtensionProperties> = values;
    return autoUpgradeMinorVersion !== false && autoUpgradeMode !== "none";
  },

  async beforeSave(_services, tx, saved) {
    const { typeKey, version } = ResolvedExtension.parse(saved.resolved);
    if (typeKey === undefined) return;
    const properties = ExtensionProperties.parse(saved.properties);
    await recordUse(tx, {
      resource_key: saved.key,
      cluster_key: clusterKeyOf(saved.key),
      type_key: typeKey,
      version,
      release_train: properties.releaseTrain,
      follows: followsUpgrades(properties) ? 1 : 0,
    });
  },

  async beforeDelete(tx, row) {
    if (row.parent_key !== null) await refuseWhileOffering(tx, row.parent_key, row.id);
  },

  beforeRemove: (tx, key) => forgetUse(tx, key),

  outputAfterWrite: (output) => ({ ...output, errorInfo: null }),

  comparable: (values) => ({
    autoUpgradeMode: "compatible",
    ...values,
    autoUpgradeMinorVersion: followsUpgrades(values),
  }),

  present(_services, properties) {
    return {
      autoUpgradeMinorVersion: properties.autoUpgradeMinorVersion ?? properties.version === undefined,
      autoUpgradeMode: properties.autoUpgradeMode ?? "compatible",
      version: properties.version ?? null,
      currentVersion: null,
      isSystemExtension: false,
      packageUri: null,
      customLocationSettings: null,
      aksAssignedIdentity: null,
      managementDetails: null,
      additionalDetails: null,
      extensionState: null,
      errorInfo: null,
      statuses: [],
    };
  },
};

const clusterKeyOf = (key: string): string =>
  key.slice(0, key.lastIndexOf(`/providers/${fullType(extension)}/`.toLowerCase()));

/** An extension follows its train unless it is pinned or says otherwise. */
export const followsUpgrades = (properties: Partial<ExtensionProperties>): boolean => {
  const { autoUpgradeMinorVersion, autoUpgradeMode, version } = properties;
  return autoUpgradeMode !== "none" && (autoUpgradeMinorVersion ?? version === undefined);
};

export const extensionHooks = { definition: extension, hooks };
