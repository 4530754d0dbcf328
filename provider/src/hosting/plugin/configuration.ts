import type { Properties } from "../../inputs/plain.ts";
import type { CheckFailure } from "../../lifecycle/lifecycle.ts";
import { readConnectionFile } from "../../settings/connection-file.ts";
import { type StackConfig, settingFields, settingNames } from "../../settings/index.ts";
import { SettingsError } from "../../settings/settings-error.ts";
import { nameOfUrn, packageName } from "./token.ts";

/** Settings a provider may be given, with what they mean. */
export const providerSettings: Readonly<Record<string, { readonly meaning: string; readonly isSecret?: true }>> = {
  connection: {
    meaning:
      "path of a connection file: the `connection.json` that `arcfleet serve` wrote, which gives all other settings",
  },
  ...settingFields,
};

export const secretSettings: readonly string[] = Object.keys(providerSettings).filter(
  (name) => providerSettings[name]?.isSecret,
);

/** Whether the engine made this provider from the configuration of the stack, rather than the program. */
const isDefault = (urn: string): boolean => urn === "" || /^default(_|$)/.test(nameOfUrn(urn));

/** The settings of a provider as `readSettings` tells them apart: a stack's carry the namespace of the package. */
export const stackConfigOf = (urn: string, given: Properties): StackConfig =>
  isDefault(urn)
    ? Object.fromEntries(Object.entries(given).map(([name, value]) => [`${packageName}:${name}`, value]))
    : given;

/**
 * Finds settings that do not exist, and says beside a connection file which subscription it names: that tells the engine one
 * control plane from another.
 */
export function checkConfiguration(urn: string, given: Properties): { inputs: Properties; failures: CheckFailure[] } {
  const failures = Object.keys(given)
    .filter((name) => name !== "version" && providerSettings[name] === undefined)
    .map((property) => ({
      property,
      reason: `is no setting of ${packageName}; there are ${["connection", ...settingNames].join(", ")}`,
    }));
  const { connection, subscriptionId } = given;
  if (isDefault(urn) || subscriptionId !== undefined || typeof connection !== "string")
    return { inputs: given, failures };
  try {
    const found = readConnectionFile(connection, "`connection` of the provider");
    return { inputs: { ...given, subscriptionId: found.subscriptionId }, failures };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { inputs: given, failures: [...failures, { property: "connection", reason: error.message }] };
  }
}

/** Settings whose change makes it another control plane: what was made through the provider is made anew. */
export const replacingSettings = (before: Properties, after: Properties): string[] =>
  before.subscriptionId === after.subscriptionId ? [] : ["subscriptionId"];
