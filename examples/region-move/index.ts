// One cluster whose region is a setting. Another region moves the record, and everything that is declared below it; what runs on
// the cluster does not notice.
import { ConnectedCluster, Extension, FluxConfiguration, readKubeconfig } from "@arcfleet/sdk";
import { Config } from "@pulumi/pulumi";

const config = new Config();

const cluster = new ConnectedCluster("shop", {
  // No `name`: a record that moves has to get another one, and this way it is chosen for us.
  resourceGroup: "region-move",
  location: config.require("location"),
  kubeconfig: readKubeconfig(config.require("kubeconfig")),
});

const flux = new Extension("flux", { cluster, extensionType: "microsoft.flux" });

const apps = new FluxConfiguration("apps", {
  cluster,
  extension: flux,
  gitRepository: { url: config.require("gitUrl"), repositoryRef: { branch: "master" } },
  kustomizations: { apps: { path: config.require("gitPath"), prune: true } },
});

export const record = cluster.id;
export const region = cluster.location;
export const movedFrom = cluster.movedFrom;
export const compliance = apps.complianceState;
