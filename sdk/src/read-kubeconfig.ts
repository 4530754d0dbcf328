import * as pulumi from "@pulumi/pulumi";
import { kubeconfigFiles } from "./kubeconfig-files.ts";

/**
 * Reads a kubeconfig file as a secret, for {@link ConnectedClusterArgs.kubeconfig}. The text is kept in the state; give the path
 * itself as `{ path }` when it should not be.
 * @param path relative to the folder that the program runs in; `~` is the home folder
 * @throws when there is no such file; the message names it
 */
export function readKubeconfig(path: string): pulumi.Output<string> {
  try {
    return pulumi.secret(kubeconfigFiles.read(path));
  } catch (error) {
    throw new Error(`The kubeconfig ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
