// A repository that was declared for Flux v1 goes on being applied, and moves to a flux configuration when you say so.
import {
  ConnectedCluster,
  Extension,
  FluxConfiguration,
  readKubeconfig,
  SourceControlConfiguration,
} from "@arcfleet/sdk";
import { Config } from "@pulumi/pulumi";

const config = new Config();
const gitUrl = config.require("gitUrl");
const gitBranch = config.require("gitBranch");
const gitPath = config.require("gitPath");

const cluster = new ConnectedCluster("east", {
  resourceGroup: "fleet",
  location: config.require("location"),
  kubeconfig: readKubeconfig(config.require("kubeconfig")),
});

const flux = new Extension("flux", {
  cluster,
  extensionType: "microsoft.flux",
  configurationSettings: config.getObject<Record<string, string>>("fluxSettings") ?? {},
});

// Neither form removes what it applied when it goes (prune is off), so the workloads run on while the one takes over from the other.
if (config.getBoolean("isMigrated")) {
  new FluxConfiguration("apps", {
    cluster,
    extension: flux,
    gitRepository: { url: gitUrl, repositoryRef: { branch: gitBranch }, syncIntervalInSeconds: 300 },
    kustomizations: { apps: { path: gitPath, prune: false } },
  });
} else {
  new SourceControlConfiguration("legacy-apps", {
    cluster,
    extension: flux,
    repositoryUrl: gitUrl,
    operatorParams: `--git-branch=${gitBranch} --git-path=${gitPath}`,
  });
}

export const status = cluster.connectivityStatus;
