import { execa } from "execa";
import { z } from "zod";
import { ClusterError } from "./kube-error.ts";
import type { ChosenContext } from "./kubeconfig.ts";
import type { ExecUser } from "./kubeconfig-source.ts";

/** What a credential program prints, as `client.authentication.k8s.io` defines it. */
const ExecCredential = z.object({
  status: z
    .object({
      token: z.string().optional(),
      clientCertificateData: z.string().optional(),
      clientKeyData: z.string().optional(),
    })
    .refine(({ token, clientCertificateData }) => token !== undefined || clientCertificateData !== undefined, {
      error: "has neither a token nor a client certificate",
    }),
});
export type ExecCredentials = z.infer<typeof ExecCredential>["status"];

/** How long a program may take: signing in to a cloud takes seconds, waiting for a person takes for ever. */
const timeLimitMs = 60_000;
const longestStderr = 1000;

/** Where the programs of the clouds come from; a kubeconfig may say it itself (`installHint`). */
const installHints: Readonly<Record<string, string>> = {
  aws: "Install the AWS CLI, version 2",
  "aws-iam-authenticator": "Install aws-iam-authenticator, or fetch a new kubeconfig with `aws eks update-kubeconfig`",
  "gke-gcloud-auth-plugin": "Install it with `gcloud components install gke-gcloud-auth-plugin`",
  gcloud: "Install the Google Cloud CLI",
  kubelogin: "Install it with `az aks install-cli`",
  az: "Install the Azure CLI",
  doctl: "Install doctl, the DigitalOcean CLI",
  oci: "Install the Oracle Cloud CLI",
  kubectl: "Install kubectl and the plugin of it that the kubeconfig names",
};

/**
 * Runs the credential program of a kubeconfig's user: `aws`, `gke-gcloud-auth-plugin`, `kubelogin` and their like. The Kubernetes
 * library would run it too, but without a time limit, and of a missing program it says no more than ENOENT.
 * @throws ClusterError naming the program, the user entry and what to do
 */
export async function runCredentialProgram(
  exec: ExecUser,
  chosen: ChosenContext,
  signal: AbortSignal,
  limitMs = timeLimitMs,
): Promise<ExecCredentials> {
  const program = `The program '${exec.command}', from which the user '${chosen.user}' of the kubeconfig gets its credentials,`;
  if (exec.interactiveMode === "Always") {
    throw new ClusterError(
      `${program} wants to talk to a person (interactiveMode: Always), and there is none here. Use a kubeconfig with credentials for machines.`,
    );
  }
  const result = await execa(exec.command, exec.args ?? [], {
    env: {
      ...Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: JSON.stringify(execInfo(exec, chosen)),
    },
    stdin: "ignore",
    timeout: limitMs,
    forceKillAfterDelay: 2000,
    cancelSignal: signal,
    reject: false,
  });
  signal.throwIfAborted();
  if (result.code === "ENOENT" || result.code === "EACCES") {
    throw new ClusterError(`${program} cannot be started (${result.code}). ${installHint(exec)}, then run this again.`);
  }
  const said = result.stderr.trim().slice(-longestStderr);
  if (result.timedOut) {
    const seconds = Math.round(limitMs / 1000);
    throw new ClusterError(
      `${program} did not answer within ${seconds} s and was stopped.${said && ` It said: ${said}`}`,
    );
  }
  if (result.failed) {
    const how = result.exitCode === undefined ? (result.signal ?? "an error") : `exit code ${result.exitCode}`;
    throw new ClusterError(`${program} failed with ${how}${said ? `: ${said}` : " and said nothing."}`);
  }
  return parseCredential(result.stdout, program);
}

/** The program is asked in the words of the protocol's version that the kubeconfig names. */
const execInfo = (exec: ExecUser, { document }: ChosenContext): object => {
  const cluster = document.clusters[0]?.cluster;
  return {
    apiVersion: exec.apiVersion ?? "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    spec: {
      interactive: false,
      ...(exec.provideClusterInfo
        ? {
            cluster: { server: cluster?.server, "certificate-authority-data": cluster?.["certificate-authority-data"] },
          }
        : {}),
    },
  };
};

const installHint = ({ command, installHint: own }: ExecUser): string =>
  own?.trim().replace(/\.$/, "") ||
  installHints[command.split("/").at(-1) ?? ""] ||
  "Install it, or put it on the PATH of this process";

function parseCredential(stdout: string, program: string): ExecCredentials {
  let content: unknown;
  try {
    content = JSON.parse(stdout);
  } catch {
    // What it printed may hold a token.
    throw new ClusterError(`${program} printed something that is not JSON.`);
  }
  const parsed = ExecCredential.safeParse(content);
  if (parsed.success) return parsed.data.status;
  throw new ClusterError(`${program} printed no ExecCredential: ${z.prettifyError(parsed.error)}`);
}
