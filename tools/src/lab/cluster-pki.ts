import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterAddresses } from "./address-plan.ts";
import { createAuthority, createTokenSigningKeys, type IssuedCertificate } from "./certificates.ts";
import { kubeconfigText } from "./kubeconfig.ts";
import type { ClusterPaths } from "./lab-paths.ts";

export const apiPort = 6443;

export function clusterEndpoint(addresses: ClusterAddresses): string {
  return `https://${addresses.nodeAddress}:${apiPort}`;
}

function writeSecret(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  chmodSync(path, 0o600);
}

/** Makes every certificate, key and kubeconfig of a new cluster. */
export async function writeClusterPki(paths: ClusterPaths, addresses: ClusterAddresses): Promise<void> {
  mkdirSync(paths.pki, { recursive: true, mode: 0o700 });
  const [authority, frontProxy, tokens] = await Promise.all([
    createAuthority(paths.name),
    createAuthority(`${paths.name}-front-proxy`),
    createTokenSigningKeys(),
  ]);
  const at = (file: string) => join(paths.pki, file);
  const keep = (name: string, pair: IssuedCertificate) => {
    writeSecret(at(`${name}.crt`), pair.certificatePem);
    writeSecret(at(`${name}.key`), pair.keyPem);
  };
  writeSecret(at("tokens.key"), tokens.privatePem);
  writeSecret(at("tokens.pub"), tokens.publicPem);
  keep("ca", authority);
  keep("front-proxy-ca", frontProxy);
  keep("front-proxy-client", await frontProxy.issue({ commonName: "front-proxy-client" }));
  keep(
    "kubelet-client",
    await authority.issue({ commonName: "kube-apiserver-kubelet-client", organization: "system:masters" }),
  );
  keep(
    "kube-apiserver",
    await authority.issue({
      commonName: "kube-apiserver",
      servesAs: {
        dns: [
          "localhost",
          "kubernetes",
          "kubernetes.default",
          "kubernetes.default.svc",
          "kubernetes.default.svc.cluster.local",
        ],
        ip: ["127.0.0.1", addresses.nodeAddress, addresses.kubernetesService],
      },
    }),
  );
  keep(
    "kubelet",
    await authority.issue({
      commonName: `system:node:${paths.name}`,
      servesAs: { dns: [paths.name], ip: [addresses.nodeAddress] },
    }),
  );

  const endpoint = clusterEndpoint(addresses);
  const users = {
    admin: { commonName: "kubernetes-admin", organization: "system:masters" },
    "kube-controller-manager": { commonName: "system:kube-controller-manager" },
    "kube-scheduler": { commonName: "system:kube-scheduler" },
    kubelet: { commonName: `system:node:${paths.name}`, organization: "system:nodes" },
    "kube-proxy": { commonName: "system:kube-proxy" },
  };
  for (const [user, subject] of Object.entries(users)) {
    const client = await authority.issue(subject);
    const text = kubeconfigText({ name: paths.name, endpoint, authorityPem: authority.certificatePem, client, user });
    writeSecret(user === "admin" ? paths.kubeconfig : at(`${user}.kubeconfig`), text);
  }
}
