// One cluster shared by several teams. The platform team owns the cluster, the namespaces and what everybody needs; each team owns a
// repository and nothing outside its namespace.
import { ConnectedCluster, Extension, FluxConfiguration, readKubeconfig } from "@arcfleet/sdk";
import { Config } from "@pulumi/pulumi";
import { type Team, Tenant } from "./tenant.ts";

const config = new Config();

const cluster = new ConnectedCluster("shared", {
  resourceGroup: "platform",
  location: config.require("location"),
  kubeconfig: readKubeconfig(config.require("kubeconfig")),
});

const flux = new Extension("flux", { cluster, extensionType: "microsoft.flux" });

const platform = new FluxConfiguration("platform", {
  cluster,
  extension: flux,
  // Cluster-wide: this is the one configuration that may make namespaces, roles and custom resource definitions.
  scope: "cluster",
  namespace: "platform",
  gitRepository: { url: config.require("platformUrl"), repositoryRef: { branch: "main" } },
  kustomizations: {
    controllers: { path: "./controllers", prune: true },
    // Custom resources need their controllers' definitions.
    policies: { path: "./policies", dependsOn: ["controllers"], prune: true },
    tenants: { path: "./tenants", dependsOn: ["policies"], prune: true },
  },
});

const tenants = config
  .requireObject<Team[]>("teams")
  .map((team) => new Tenant(team.name, { cluster, flux, platform, team }));

export const compliance = tenants.map(({ apps }) => ({ team: apps.name, state: apps.complianceState }));
