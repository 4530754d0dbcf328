import { KubeConfig } from "@kubernetes/client-node";
import { runCredentialProgram } from "./exec-credential.ts";
import { type ChosenContext, readCredentialFile } from "./kubeconfig.ts";
import type { KubeconfigUser } from "./kubeconfig-source.ts";

/**
 * The chosen context for the Kubernetes library, with the credentials of this moment: what a program hands out or a file holds is in
 * it. Credentials end, so it is made anew for each use.
 */
export async function resolveAccess(chosen: ChosenContext, signal: AbortSignal): Promise<KubeConfig> {
  const user = await currentCredentials(chosen, signal);
  const users = chosen.document.users.map((entry) => ({ ...entry, user }));
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(JSON.stringify({ ...chosen.document, users }));
  return kubeConfig;
}

async function currentCredentials(chosen: ChosenContext, signal: AbortSignal): Promise<KubeconfigUser> {
  const { exec, tokenFile, ...rest } = chosen.access;
  if (exec) {
    const { token, clientCertificateData, clientKeyData } = await runCredentialProgram(exec, chosen, signal);
    return {
      ...rest,
      ...(token === undefined ? {} : { token }),
      ...(clientCertificateData === undefined ? {} : { "client-certificate-data": base64(clientCertificateData) }),
      ...(clientKeyData === undefined ? {} : { "client-key-data": base64(clientKeyData) }),
    };
  }
  // As kubectl does: the file wins over a token beside it.
  if (tokenFile)
    return {
      ...rest,
      token: readCredentialFile(tokenFile, `The token file of the user '${chosen.user}'`).toString().trim(),
    };
  return rest;
}

const base64 = (pem: string): string => Buffer.from(pem).toString("base64");
