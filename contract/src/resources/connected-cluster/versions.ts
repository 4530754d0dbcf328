import { each, type VersionRule } from "../version-rule.ts";

/** What the api-versions of connected clusters know. `movedFrom` and `movedTo` are ours, and in all of them. */
export const connectedClusterVersions: readonly VersionRule[] = [
  ...each(["properties.privateLinkState", "properties.privateLinkScopeResourceId"], { since: "2022-05-01-preview" }),
  ...each(["properties.distributionVersion", "properties.azureHybridBenefit", "properties.miscellaneousProperties"], {
    since: "2022-10-01-preview",
  }),
  ...each(["kind", "properties.aadProfile", "properties.arcAgentProfile"], { since: "2023-11-01-preview" }),
  // Clients of before wait for one of the others; a record without agents is one that has not connected yet.
  { path: "properties.connectivityStatus", value: "AgentNotInstalled", since: "2024-01-01", shownAs: "Connecting" },
  ...each(["properties.arcAgentProfile.systemComponents", "properties.arcAgentProfile.agentErrors"], {
    since: "2024-02-01-preview",
  }),
  ...each(
    [
      "properties.arcAgentProfile.agentState",
      "properties.securityProfile",
      "properties.oidcIssuerProfile",
      "properties.gateway",
      "properties.arcAgentryConfigurations",
    ],
    { since: "2024-07-01-preview" },
  ),
  { path: "properties.gateway.resourceId", since: "2024-07-01-preview", until: "2025-08-01-preview" },
  { path: "kind", value: "AWS", since: "2024-12-01-preview" },
  { path: "kind", value: "GCP", since: "2025-12-01-preview" },
];
