// Attaches a GKE cluster that another stack makes. Credentials are handed out by Google's plugin where Pulumi runs, whenever they are
// needed: none are kept in the state.
import { ConnectedCluster, type KubeconfigObject } from "@arcfleet/sdk";
import { all, Config, StackReference } from "@pulumi/pulumi";

const config = new Config();
const cloud = new StackReference("cloud", { name: config.require("clusterStack") });

/** What `gcloud container clusters get-credentials` would write. */
const gkeKubeconfig = (name: string, endpoint: string, certificateAuthority: string): KubeconfigObject => ({
  "current-context": name,
  clusters: [{ name, cluster: { server: `https://${endpoint}`, "certificate-authority-data": certificateAuthority } }],
  contexts: [{ name, context: { cluster: name, user: name } }],
  users: [
    {
      name,
      user: {
        exec: {
          apiVersion: "client.authentication.k8s.io/v1beta1",
          command: "gke-gcloud-auth-plugin",
          installHint: "Install it with `gcloud components install gke-gcloud-auth-plugin`",
          provideClusterInfo: true,
        },
      },
    },
  ],
});

const output = (name: string) => cloud.requireOutput(name).apply(String);

const cluster = new ConnectedCluster("gke", {
  resourceGroup: "fleet",
  location: config.require("location"),
  tags: { cloud: "gcp" },
  distribution: "gke",
  infrastructure: "gcp",
  kubeconfig: all([output("clusterName"), output("endpoint"), output("certificateAuthority")]).apply(
    ([name, endpoint, certificateAuthority]) => gkeKubeconfig(name, endpoint, certificateAuthority),
  ),
});

export const status = cluster.connectivityStatus;
