import type { DesiredExtension } from "@arcfleet/contract";
import type { ExtensionConfigSpec } from "../custom-resources/extension-config.ts";

/** The Secret beside an ExtensionConfig that carries what was protected in ARM. */
export const protectedSettingsSecret = (extension: string): string => `${extension}-protected-settings`;

/** What the control plane wants, in the words of the ExtensionConfig. */
export function extensionConfigSpec({ name, generation, correlationId, spec }: DesiredExtension): ExtensionConfigSpec {
  const isProtected = Object.keys(spec.configurationProtectedSettings).length > 0;
  return {
    extensionType: spec.extensionType,
    version: spec.version,
    releaseTrain: spec.releaseTrain,
    autoUpgradeMinorVersion: spec.autoUpgradeMinorVersion,
    isNamespaced: spec.isNamespaced,
    chart: spec.chart,
    parameter: spec.configurationSettings,
    ...(isProtected ? { protectedParametersSecretRef: { name: protectedSettingsSecret(name) } } : {}),
    ...(correlationId === undefined ? {} : { correlationId }),
    desiredGeneration: generation,
  };
}

/**
 * The settings as fields of a Secret. Their names are Helm paths, of which a Secret's keys allow only some characters: hence one
 * field, JSON.
 */
export const protectedSettingsField = "settings.json";

export const protectedSettingsData = ({ spec }: DesiredExtension): Record<string, string> =>
  Object.keys(spec.configurationProtectedSettings).length === 0
    ? {}
    : { [protectedSettingsField]: JSON.stringify(spec.configurationProtectedSettings) };
