/** The agents' own custom resources that more than one of them uses. Their CRDs are in agent-chart/templates/crds. */
import { AgentError, crdGroups } from "@arcfleet/contract";
import { z } from "zod";
import { defineKind } from "./kube-kind.ts";

const clusterConfig = `${crdGroups.clusterConfig.group}/${crdGroups.clusterConfig.version}`;

export const identityRequests = defineKind(
  {
    apiVersion: clusterConfig,
    kind: "AzureClusterIdentityRequest",
    plural: "azureclusteridentityrequests",
    isNamespaced: true,
  },
  {
    spec: z.looseObject({ audience: z.string(), resourceId: z.string().optional() }),
    status: z
      .looseObject({
        /** Empty: the owner asks for a fresh token. */
        expirationTime: z.string().optional(),
        tokenReference: z.object({ secretName: z.string(), dataName: z.string() }).optional(),
        /** Why there is no token. */
        message: z.string().optional(),
      })
      .optional(),
  },
);

/** Holds one object, `clustermetadata`: cluster-metadata-operator writes what it finds, resource-sync-agent sends it. */
export const clusterMetadata = defineKind(
  {
    apiVersion: `${crdGroups.arc.group}/${crdGroups.arc.version}`,
    kind: "ConnectedCluster",
    plural: "connectedclusters",
    isNamespaced: true,
  },
  {
    status: z
      .looseObject({
        kubernetesVersion: z.string().optional(),
        totalNodeCount: z.int().optional(),
        totalCoreCount: z.int().optional(),
        agentVersion: z.string().optional(),
        distribution: z.string().optional(),
        infrastructure: z.string().optional(),
        managedIdentityCertificateExpirationTime: z.string().optional(),
        lastConnectivityTime: z.string().optional(),
        /** When the facts were last looked at; a new one is a reason for a heartbeat. */
        observedTime: z.string().optional(),
        agentErrors: z.array(AgentError).optional(),
      })
      .optional(),
  },
);
