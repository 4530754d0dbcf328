/** What can be asked of a connected cluster besides reading and writing it. */
import { z } from "zod";
import { OperationStatus } from "../arm/operation.ts";
import { ListClusterUserCredential } from "../resources/connected-cluster/credential.ts";
import { connectedCluster } from "../resources/connected-cluster/index.ts";
import { fullType } from "../resources/define-resource.ts";
import { extension } from "../resources/extension/index.ts";
import type { Operation } from "./operation.ts";
import { itemPath } from "./path-parameters.ts";
import { areaOf } from "./resources.ts";
import { named, pageSchema } from "./schemas.ts";

const RunningOperation = named("RunningOperation", OperationStatus.extend({ resourceType: z.string() }));

const credential = (name: "listClusterUserCredential" | "listClusterUserCredentials"): Operation => ({
  id: `ConnectedCluster_${name.charAt(0).toUpperCase()}${name.slice(1)}`,
  area: areaOf(connectedCluster),
  method: "POST",
  path: `${itemPath(connectedCluster)}/${name}`,
  apiVersions: connectedCluster.apiVersions,
  summary:
    "Asks for a way to the Kubernetes API of the cluster. Always refused: this control plane has no tunnel to clusters.",
  access: { kind: "action", action: `${fullType(connectedCluster)}/${name}/action`, at: "the connected cluster" },
  body: {
    schema: named("ListClusterUserCredential", ListClusterUserCredential),
    example: { authenticationMethod: "Token", clientProxy: true },
  },
  answers: {},
});

export const clusterActionOperations: readonly Operation[] = [
  credential("listClusterUserCredential"),
  credential("listClusterUserCredentials"),
  {
    id: "OperationStatus_List",
    area: "Operations",
    method: "GET",
    path: `${itemPath(connectedCluster)}/providers/${extension.namespace}/operations`,
    apiVersions: extension.apiVersions,
    summary: "Lists the operations that run on the extensions and configurations of a connected cluster.",
    access: { kind: "action", action: `${extension.namespace}/operations/read`, at: "the connected cluster" },
    answers: {
      200: { description: "What runs.", schema: pageSchema("RunningOperationList", RunningOperation) },
    },
  },
];
