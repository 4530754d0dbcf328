// Attaches one cluster and keeps one Git repository applied on it.
import { ConnectedCluster, Extension, FluxConfiguration, readKubeconfig } from "@arcfleet/sdk";
import { Config } from "@pulumi/pulumi";

const config = new Config();

const cluster = new ConnectedCluster("first", {
  resourceGroup: "quickstart",
  location: "westeurope",
  kubeconfig: readKubeconfig(config.require("kubeconfig")),
});

const flux = new Extension("flux", { cluster, extensionType: "microsoft.flux" });

const apps = new FluxConfiguration("apps", {
  cluster,
  extension: flux,
  gitRepository: { url: config.require("gitUrl") },
  kustomizations: { apps: { path: config.require("gitPath"), prune: true } },
});

export const connectivity = cluster.connectivityStatus;
export const applied = apps.sourceSyncedCommitId;
