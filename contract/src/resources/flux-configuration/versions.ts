import { each, type VersionRule } from "../version-rule.ts";

/** What the api-versions of flux configurations know. */
export const fluxConfigurationVersions: readonly VersionRule[] = [
  {
    path: "properties.sourceSyncedCommitId",
    since: "2022-03-01",
    formerly: { name: "lastSourceUpdatedCommitId", since: "2022-01-01-preview" },
  },
  {
    path: "properties.sourceUpdatedAt",
    since: "2022-03-01",
    formerly: { name: "lastSourceUpdatedAt", since: "2022-01-01-preview" },
  },
  ...each(["properties.statusUpdatedAt", "properties.kustomizations.*.name"], { since: "2022-03-01" }),
  {
    path: "properties.azureBlob",
    since: "2022-07-01",
    keptWhile: { property: "sourceKind", is: "AzureBlob" },
  },
  { path: "properties.sourceKind", value: "AzureBlob", since: "2022-07-01" },
  ...each(
    [
      "properties.waitForReconciliation",
      "properties.reconciliationWaitDuration",
      "properties.kustomizations.*.wait",
      "properties.kustomizations.*.postBuild",
    ],
    { since: "2023-05-01" },
  ),
  // The command-line client sends it with this preview, before the stable version that has it.
  {
    path: "properties.ociRepository",
    since: "2024-04-01-preview",
    keptWhile: { property: "sourceKind", is: "OCIRepository" },
  },
  { path: "properties.sourceKind", value: "OCIRepository", since: "2024-04-01-preview" },
  { path: "properties.gitRepository.provider", since: "2024-11-01" },
];
