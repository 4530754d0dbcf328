// Attaches a cluster and puts objects into it with @pulumi/kubernetes, in one program.
import { ConnectedCluster } from "@arcfleet/sdk";
import * as kubernetes from "@pulumi/kubernetes";
import { Config } from "@pulumi/pulumi";

const config = new Config();

const cluster = new ConnectedCluster("east", {
  resourceGroup: "fleet",
  location: config.require("location"),
  kubeconfig: { path: config.require("kubeconfig") },
});

// Today this is the kubeconfig from above, which leads to the cluster directly. A cluster without one fails here, in words.
const inCluster = new kubernetes.Provider("in-east", { kubeconfig: cluster.kubeconfig });

const team = new kubernetes.core.v1.Namespace(
  "team-a",
  { metadata: { name: "team-a", labels: { owner: "team-a" } } },
  { provider: inCluster },
);

export const namespace = team.metadata.name;
