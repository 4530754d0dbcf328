// Attaches the clusters of the given kubeconfigs and keeps a Git repository applied on each of them.
import { ConnectedCluster, Extension, FluxConfiguration, readKubeconfig } from "@arcfleet/sdk";
import { Config } from "@pulumi/pulumi";

const config = new Config();
const names = ["east", "west", "north", "south"];

const fleet = config.requireObject<string[]>("kubeconfigs").map((path, index) => {
  const name = names[index] ?? `cluster-${index + 1}`;

  const cluster = new ConnectedCluster(name, {
    resourceGroup: "fleet",
    location: config.require("location"),
    tags: { ring: index === 0 ? "canary" : "stable" },
    kubeconfig: readKubeconfig(path),
  });

  const flux = new Extension(`${name}-flux`, {
    name: "flux",
    cluster,
    extensionType: "microsoft.flux",
    configurationSettings: config.getObject<Record<string, string>>("fluxSettings") ?? {},
  });

  const apps = new FluxConfiguration(`${name}-apps`, {
    name: "apps",
    cluster,
    extension: flux,
    gitRepository: {
      url: config.require("gitUrl"),
      repositoryRef: { branch: config.require("gitBranch") },
      syncIntervalInSeconds: config.requireNumber("gitIntervalSeconds"),
    },
    kustomizations: { apps: { path: config.require("gitPath"), prune: true } },
  });

  return { name, cluster, flux, apps };
});

export const clusters = fleet.map(({ name, cluster, flux, apps }) => ({
  name,
  connectivity: cluster.connectivityStatus,
  kubernetes: cluster.kubernetesVersion,
  agents: cluster.agentVersion,
  flux: flux.provisioningState,
  applied: apps.sourceSyncedCommitId,
  compliance: apps.complianceState,
}));
