// Attaches one cluster with the kubeconfig source of the configuration, and hands its kubeconfig on.
import { ConnectedCluster, type KubeconfigSource } from "@arcfleet/sdk";
import { Config, output } from "@pulumi/pulumi";

const config = new Config();
const kubeconfig = config.getObject<string | KubeconfigSource>("kubeconfig") ?? undefined;

const cluster = new ConnectedCluster("east", {
  resourceGroup: "fleet",
  location: "westeurope",
  ...(kubeconfig === undefined ? { agents: { install: false } } : { kubeconfig }),
});

/** What `new k8s.Provider("east", { kubeconfig: cluster.kubeconfig })` would get. */
export const handedOn = config.getBoolean("handOn") ? output(cluster.kubeconfig) : undefined;
