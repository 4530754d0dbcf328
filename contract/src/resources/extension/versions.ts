import { each, type VersionRule } from "../version-rule.ts";

/** What the api-versions of extensions know. */
export const extensionVersions: readonly VersionRule[] = [
  {
    path: "properties.currentVersion",
    since: "2022-11-01",
    formerly: { name: "installedVersion", since: "2022-03-01" },
  },
  ...each(["plan", "properties.isSystemExtension"], { since: "2022-11-01" }),
  ...each(
    [
      "managedBy",
      "properties.autoUpgradeMode",
      "properties.managementDetails",
      "properties.additionalDetails",
      "properties.extensionState",
    ],
    { since: "2025-03-01" },
  ),
];
