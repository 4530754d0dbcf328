import { generateKeyPairSync } from "node:crypto";
import type { Report } from "@arcfleet/contract";
import { recordReports } from "../../src/resources/record-report.ts";
import type { Answer, Api } from "./api.ts";

/** An onboarding key as clients send it: base64 of the DER form of a PKCS#1 public key. */
export const newOnboardingKey = (bits = 2048): string =>
  generateKeyPairSync("rsa", { modulusLength: bits })
    .publicKey.export({ format: "der", type: "pkcs1" })
    .toString("base64");

export const clusterPath = (api: Api, name = "c1", group = "g1"): string =>
  `${api.subscription}/resourceGroups/${group}/providers/Microsoft.Kubernetes/connectedClusters/${name}`;

export const extensionPath = (cluster: string, name = "monitor"): string =>
  `${cluster}/providers/Microsoft.KubernetesConfiguration/extensions/${name}`;

export const fluxPath = (cluster: string, name = "apps"): string =>
  `${cluster}/providers/Microsoft.KubernetesConfiguration/fluxConfigurations/${name}`;

export const putGroup = (api: Api, name = "g1"): Promise<Answer> =>
  api.call("PUT", `${api.subscription}/resourceGroups/${name}`, { location: "westeurope" });

export interface ClusterOptions {
  readonly name?: string;
  readonly key?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A record without agents unless a key is given. */
export async function putCluster(api: Api, options: ClusterOptions = {}): Promise<string> {
  const path = clusterPath(api, options.name);
  const answer = await api.call("PUT", path, {
    location: "westeurope",
    tags: options.tags ?? {},
    properties: { agentPublicKeyCertificate: options.key ?? "" },
  });
  if (answer.status > 201) throw new Error(answer.text);
  return path;
}

/** What the data plane does when agents report for the first time. */
export async function connect(api: Api, cluster: string, at = api.clock.now()): Promise<void> {
  await api.controlPlane.services.store.write((tx) =>
    tx
      .updateTable("cluster_status")
      .set({
        last_connectivity: at.toISOString(),
        certificate_expires: new Date(at.getTime() + 90 * 24 * 3600 * 1000).toISOString(),
        metadata: JSON.stringify({
          agentVersion: "1.40.0",
          kubernetesVersion: "1.34.2",
          totalNodeCount: 1,
          totalCoreCount: 4,
          distribution: "k3s",
          infrastructure: "generic",
        }),
      })
      .where("cluster_key", "=", cluster.toLowerCase())
      .execute(),
  );
}

/** A cluster whose agents have reported. */
export async function connectedCluster(api: Api, name = "c1"): Promise<string> {
  const path = await putCluster(api, { name, key: newOnboardingKey() });
  await connect(api, path);
  return path;
}

export const report = (api: Api, cluster: string, reports: readonly Report[]) =>
  recordReports(api.controlPlane.services, cluster.toLowerCase(), reports);

export const generationOf = (api: Api, cluster: string): Promise<number> =>
  api.controlPlane.services.generations.current(cluster.toLowerCase());
