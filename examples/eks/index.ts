// Attaches an EKS cluster that another stack makes. Credentials are handed out by the AWS CLI where Pulumi runs, whenever they are needed:
// none are kept in the state.
import { ConnectedCluster, type KubeconfigObject } from "@arcfleet/sdk";
import { all, Config, StackReference } from "@pulumi/pulumi";

const config = new Config();
const region = config.require("region");
const cloud = new StackReference("cloud", { name: config.require("clusterStack") });

/** What `aws eks update-kubeconfig` would write. */
const eksKubeconfig = (name: string, server: string, certificateAuthority: string): KubeconfigObject => ({
  "current-context": name,
  clusters: [{ name, cluster: { server, "certificate-authority-data": certificateAuthority } }],
  contexts: [{ name, context: { cluster: name, user: name } }],
  users: [
    {
      name,
      user: {
        exec: {
          apiVersion: "client.authentication.k8s.io/v1beta1",
          command: "aws",
          args: ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"],
        },
      },
    },
  ],
});

const output = (name: string) => cloud.requireOutput(name).apply(String);

const cluster = new ConnectedCluster("eks", {
  resourceGroup: "fleet",
  location: config.require("location"),
  tags: { cloud: "aws" },
  distribution: "eks",
  infrastructure: "aws",
  kubeconfig: all([output("clusterName"), output("endpoint"), output("certificateAuthority")]).apply(
    ([name, server, certificateAuthority]) => eksKubeconfig(name, server, certificateAuthority),
  ),
});

export const status = cluster.connectivityStatus;
