// Attaches an AKS cluster that another stack makes, with the kubeconfig that Azure gives out for it.
import { ConnectedCluster } from "@arcfleet/sdk";
import { Config, StackReference } from "@pulumi/pulumi";

const config = new Config();
const cloud = new StackReference("cloud", { name: config.require("clusterStack") });

/** Azure gives kubeconfigs out in base64. */
const decode = (kubeconfig: unknown): string => Buffer.from(String(kubeconfig), "base64").toString();

const cluster = new ConnectedCluster("aks", {
  resourceGroup: "fleet",
  location: config.require("location"),
  tags: { cloud: "azure" },
  distribution: "aks",
  infrastructure: "azure",
  kubeconfig: cloud.requireOutput("kubeconfig").apply(decode),
});

export const status = cluster.connectivityStatus;
