import { agentNames } from "@arcfleet/contract";
import { z } from "zod";
import type { KubeClient } from "./kube-client.ts";
import { ClusterError } from "./kube-error.ts";

interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
}

/** The agents' chart grants rights of its own, and the API server lets nobody grant what they do not have. */
const everything: Right = { verb: "*", group: "*", resource: "*" };

/** What a person would recognise, asked one by one only to name what is missing. */
const needed: readonly Right[] = [
  { verb: "create", group: "", resource: "namespaces" },
  { verb: "create", group: "rbac.authorization.k8s.io", resource: "clusterrolebindings" },
  { verb: "create", group: "rbac.authorization.k8s.io", resource: "clusterroles" },
  { verb: "create", group: "apiextensions.k8s.io", resource: "customresourcedefinitions" },
  { verb: "create", group: "", resource: "secrets", namespace: agentNames.namespace },
  { verb: "create", group: "apps", resource: "deployments", namespace: agentNames.namespace },
  { verb: "list", group: "", resource: "nodes" },
];

const Review = z.object({ status: z.object({ allowed: z.boolean() }) });

async function isAllowed(kube: KubeClient, right: Right): Promise<boolean> {
  const review = await kube.request("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", Review, {
    method: "POST",
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes: right },
    },
  });
  return review?.status.allowed ?? false;
}

/** @throws ClusterError naming the rights that the kubeconfig's user lacks */
export async function requireClusterAdmin(kube: KubeClient, user: string): Promise<void> {
  if (await isAllowed(kube, everything)) return;
  const answers = await Promise.all(
    needed.map(async (right) => ((await isAllowed(kube, right)) ? [] : [describe(right)])),
  );
  const missing = answers.flat();
  throw new ClusterError(
    `The user '${user}' of the kubeconfig may not attach ${kube.server}: it lacks the right to ` +
      `${missing.length > 0 ? missing.join(", ") : "do everything on every resource"}. ` +
      "Installing the agents needs the cluster role cluster-admin.",
  );
}

const describe = ({ verb, group, resource, namespace }: Right): string =>
  `${verb} ${resource}${group === "" ? "" : `.${group}`}${namespace === undefined ? "" : ` in ${namespace}`}`;
