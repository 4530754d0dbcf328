import * as pulumi from "@pulumi/pulumi";
import { kubeconfigFiles } from "./kubeconfig-files.ts";

/** A kubeconfig file that is read whenever the cluster is needed, so that the state holds its path and no credential. */
export interface KubeconfigFile {
  /**
   * Relative to the folder that the program runs in; `~` is the home folder. It must be there for `pulumi destroy` too.
   * @example "~/.kube/config"
   */
  path: pulumi.Input<string>;
  /**
   * The context to use.
   * @default the current context of the file
   */
  context?: pulumi.Input<string>;
}

/** The service account of the pod that Pulumi runs in, for attaching the pod's own cluster. */
export interface InClusterKubeconfig {
  inCluster: true;
}

/** A kubeconfig as an object, such as the `kubeconfig` of `@pulumi/eks`. Kept in the state like a text, as a secret. */
export interface KubeconfigObject {
  clusters: readonly unknown[];
  contexts: readonly unknown[];
  users: readonly unknown[];
  "current-context"?: string;
  apiVersion?: string;
  kind?: string;
  preferences?: unknown;
}

/** Where a kubeconfig may come from beside its text. */
export type KubeconfigSource = KubeconfigFile | InClusterKubeconfig | KubeconfigObject;

/**
 * The output `kubeconfig` of a cluster: what was given, as one text with one context, for other providers.
 * @param given what the state holds of the input; absent when there is none
 * @throws when there is none: `new k8s.Provider` given `undefined` would quietly use the kubeconfig of whoever runs Pulumi
 */
export function kubeconfigOutput(
  name: string,
  given: pulumi.Output<unknown> | undefined,
  context: pulumi.Input<string> | undefined,
): pulumi.Output<string> {
  const none = () =>
    new Error(
      `The ConnectedCluster '${name}' has no kubeconfig to hand on: none was given to it. Reaching a cluster that one has no kubeconfig ` +
        "for takes the tunnel through the control plane, which this release does not have. Give the cluster a `kubeconfig`.",
    );
  if (given === undefined) throw none();
  const text = pulumi.all([given, context]).apply(async ([source, wanted]) => {
    if (source === undefined || source === null) throw none();
    const { kubeconfigText } = await import("@arcfleet/provider/kubeconfig");
    return kubeconfigText(source, wanted, { readFile: kubeconfigFiles.read });
  });
  return pulumi.secret(text);
}
