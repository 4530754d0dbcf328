import { activityOperations } from "./activity.ts";
import { authorizationOperations } from "./authorization.ts";
import { clusterActionOperations } from "./cluster-actions.ts";
import { customLocationOperations } from "./custom-locations.ts";
import { dataPlaneOperations } from "./data-plane.ts";
import { deploymentOperations } from "./deployments.ts";
import { directoryOperations } from "./directory.ts";
import { directoryGraphOperations } from "./directory-graph.ts";
import { extensionTypeOperations } from "./extension-types.ts";
import { graphOperations } from "./graph.ts";
import { identityOperations } from "./identity.ts";
import type { Operation } from "./operation.ts";
import { resourceGroupOperations } from "./resource-groups.ts";
import { resourceOperations } from "./resources.ts";
import { serviceOperations } from "./service-endpoints.ts";
import { subscriptionOperations } from "./subscriptions.ts";
import { refusedGroupOperations, tagOperations } from "./tags.ts";

/**
 * Every call that the control plane answers. One list of each area, in a file of its own; a test of the control plane compares them with
 * the routes, so that neither can be without the other.
 */
export const operations: readonly Operation[] = [
  ...resourceOperations,
  ...clusterActionOperations,
  ...extensionTypeOperations,
  ...customLocationOperations,
  ...resourceGroupOperations,
  ...refusedGroupOperations,
  ...deploymentOperations,
  ...tagOperations,
  ...subscriptionOperations,
  ...activityOperations,
  ...authorizationOperations,
  ...graphOperations,
  ...identityOperations,
  ...directoryOperations,
  ...directoryGraphOperations,
  ...dataPlaneOperations,
  ...serviceOperations,
];
