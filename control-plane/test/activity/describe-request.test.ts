import { expect, test } from "@jest/globals";
import { describeRequest } from "../../src/activity/describe-request.ts";

const s = "/subscriptions/s";
const cluster = `${s}/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/c`;
const extension = `${cluster}/providers/Microsoft.KubernetesConfiguration/extensions/e`;

test.each([
  ["PUT", `${s}/resourceGroups/g`, "Microsoft.Resources/subscriptions/resourceGroups/write", undefined],
  ["DELETE", `${s}/resourcegroups/g`, "Microsoft.Resources/subscriptions/resourceGroups/delete", undefined],
  [
    "POST",
    `${s}/resourceGroups/g/moveResources`,
    "Microsoft.Resources/subscriptions/resourceGroups/moveResources/action",
    `${s}/resourceGroups/g`,
  ],
  ["PUT", cluster, "Microsoft.Kubernetes/connectedClusters/write", undefined],
  ["PATCH", extension, "Microsoft.KubernetesConfiguration/extensions/write", undefined],
  [
    "POST",
    `${cluster}/listClusterUserCredential`,
    "Microsoft.Kubernetes/connectedClusters/listClusterUserCredential/action",
    cluster,
  ],
  [
    "DELETE",
    `${cluster}/providers/Microsoft.Resources/tags/default`,
    "Microsoft.Resources/tags/delete",
    `${cluster}/providers/Microsoft.Resources/tags/default`,
  ],
  [
    "POST",
    `${s}/providers/Microsoft.Kubernetes/register`,
    "Microsoft.Kubernetes/register/action",
    `${s}/providers/Microsoft.Kubernetes`,
  ],
])("%s %s is %s", (method, path, action, resourceId = path) => {
  expect(describeRequest(method, path)).toEqual({ action, resourceId });
});

test.each([
  ["GET", cluster],
  ["POST", `${cluster}/providers/Microsoft.Authorization/checkaccess`],
  ["POST", "/providers/Microsoft.ResourceGraph/resources"],
  ["POST", "/tenant/oauth2/v2.0/token"],
])("%s %s is not kept", (method, path) => {
  expect(describeRequest(method, path)).toBeUndefined();
});
