import { z } from "zod";
import { provisioningStates } from "../../arm/operation.ts";
import { optional, orElse } from "../../schema/nullish.ts";

/** The connectivity states of a cluster and how they follow each other: docs/architecture/control-plane.md. */
export const connectivityStatuses = ["Connecting", "Connected", "Offline", "Expired", "AgentNotInstalled"] as const;
export type ConnectivityStatus = (typeof connectivityStatuses)[number];

export const ConnectedClusterProperties = z.object({
  /**
   * Base64 of the DER form of the RSA public key (PKCS#1 RSAPublicKey) whose private half proves the cluster's identity.
   * Empty for a record without agents: the cluster is then `AgentNotInstalled`.
   */
  agentPublicKeyCertificate: z.string().max(4096),
  /** The Kubernetes distribution, `k3s`, `eks`, `generic`, … Detected while attaching unless given. */
  distribution: optional(z.string().max(256)),
  /** The distribution's own version, free text. */
  distributionVersion: optional(z.string().max(256)),
  /** Where the cluster runs, `aws`, `vsphere`, `generic`, … Detected while attaching unless given. */
  infrastructure: optional(z.string().max(256)),
  /**
   * The ARM id of the record that this one takes over from: the same cluster moves to another region, under another name. Fixed at
   * creation, which needs the right to delete that record. Stays after that is gone. Ours, the original has no such property.
   */
  movedFrom: optional(z.string().max(2048)),
  /** Whether the cluster is reached over a private link scope. */
  privateLinkState: orElse(z.enum(["Enabled", "Disabled"]), "Disabled"),
  /** The ARM id of the private link scope. */
  privateLinkScopeResourceId: optional(z.string().max(2048)),
  /** Whether the Azure Hybrid Benefit applies. A word, not a boolean, on the wire. */
  azureHybridBenefit: orElse(z.enum(["True", "False", "NotApplicable"]), "NotApplicable"),
  /** Microsoft Entra settings of the cluster. */
  aadProfile: optional(
    z.object({
      enableAzureRBAC: orElse(z.boolean(), false),
      adminGroupObjectIDs: orElse(z.array(z.string()), []),
      tenantID: optional(z.string()),
    }),
  ),
  /** How the agents are kept up to date. */
  arcAgentProfile: z
    .object({
      /** Pins the agents to a version; absent means the newest of the release train. */
      desiredAgentVersion: optional(z.string()),
      /** Whether the agents upgrade themselves. */
      agentAutoUpgrade: orElse(z.enum(["Enabled", "Disabled"]), "Enabled"),
      /** Versions of system extensions. Kept and shown; these agents have no parts with versions of their own. */
      systemComponents: optional(
        z
          .array(
            z.object({
              type: z.string().max(256),
              userSpecifiedVersion: optional(z.string().max(64)),
              majorVersion: optional(z.int()),
            }),
          )
          .max(50),
      ),
    })
    .nullish()
    .transform((value) => value ?? { agentAutoUpgrade: "Enabled" as const }),
  securityProfile: optional(z.object({ workloadIdentity: optional(z.object({ enabled: z.boolean() })) })),
  oidcIssuerProfile: optional(z.object({ enabled: z.boolean(), selfHostedIssuerUrl: optional(z.string()) })),
  gateway: optional(z.object({ enabled: z.boolean(), resourceId: optional(z.string()) })),
  /** Settings of agent features such as `proxy`; the protected ones are never returned. */
  arcAgentryConfigurations: optional(
    z.array(
      z.object({
        feature: z.string(),
        settings: optional(z.record(z.string(), z.string())),
        protectedSettings: optional(z.record(z.string(), z.string())),
      }),
    ),
  ),
});
export type ConnectedClusterProperties = z.output<typeof ConnectedClusterProperties>;

/** A fault of one agent on the cluster; shown as `arcAgentProfile.agentErrors`. */
export const AgentError = z.object({
  message: z.string().max(4096),
  severity: z.enum(["Error", "Warning"]),
  component: z.string().max(253),
  time: z.string(),
});
export type AgentError = z.infer<typeof AgentError>;

/** What clients write and see with more in it. */
export const ConnectedClusterShown = z.object({
  arcAgentProfile: z
    .object({
      desiredAgentVersion: z.string().optional(),
      agentAutoUpgrade: z.enum(["Enabled", "Disabled"]).optional(),
      systemComponents: z
        .array(
          z.object({
            type: z.string(),
            userSpecifiedVersion: z.string().optional(),
            majorVersion: z.int().optional(),
          }),
        )
        .optional(),
      agentState: z.null().optional(),
      /** What is wrong with the agents, as they report it. */
      agentErrors: z.array(AgentError).optional(),
    })
    .optional(),
  oidcIssuerProfile: z
    .object({
      enabled: z.boolean(),
      selfHostedIssuerUrl: z.string().optional(),
      /** The address of the cluster's token issuer: known of clusters that bring their own. */
      issuerUrl: z.string().nullish(),
    })
    .nullish(),
});

/** What the agents and the service add. */
export const ConnectedClusterOutput = z.object({
  provisioningState: z.enum(provisioningStates),
  connectivityStatus: z.enum(connectivityStatuses),
  kubernetesVersion: z.string().nullish(),
  totalNodeCount: z.int().nullish(),
  totalCoreCount: z.int().nullish(),
  agentVersion: z.string().nullish(),
  offering: z.string().nullish(),
  managedIdentityCertificateExpirationTime: z.string().nullish(),
  /** The ARM id of the record that a move made from this one: while both are there, the move has not ended. */
  movedTo: z.string().nullish(),
  lastConnectivityTime: z.string().nullish(),
  miscellaneousProperties: z.record(z.string(), z.string()).nullish(),
});
export type ConnectedClusterOutput = z.infer<typeof ConnectedClusterOutput>;
