// A fleet whose changes reach the canary first, then the early clusters, then ten of the others at a time.
import { Fleet, type FleetClusterArgs, readKubeconfig } from "@arcfleet/sdk";
import { Config } from "@pulumi/pulumi";

const config = new Config();
const given = config.requireObject<Record<string, { kubeconfig: string; ring: string }>>("clusters");

const clusters: Record<string, FleetClusterArgs> = {};
for (const [name, { kubeconfig, ring }] of Object.entries(given)) {
  clusters[name] = { kubeconfig: readKubeconfig(kubeconfig), tags: { ring } };
}

const healthyForSeconds = config.requireNumber("healthySeconds");

const fleet = new Fleet("shops", {
  defaults: { location: "westeurope", resourceGroup: "shops", tags: { team: "retail" } },
  clusters,
  extensions: {
    flux: {
      extensionType: "microsoft.flux",
      configurationSettings: config.getObject<Record<string, string>>("fluxSettings") ?? {},
    },
  },
  configurations: {
    apps: {
      extension: "flux",
      gitRepository: {
        url: config.require("gitUrl"),
        repositoryRef: { branch: config.require("gitBranch") },
        syncIntervalInSeconds: 60,
      },
      kustomizations: { apps: { path: config.require("gitPath"), prune: true } },
      // A version that cannot be applied is noticed after two minutes instead of ten.
      complianceTimeoutSeconds: 120,
    },
  },
  rings: [
    { name: "canary", where: { tags: { ring: "canary" } }, healthyForSeconds },
    // One of them may fail: the clusters at the edge are not always there.
    { name: "early", where: { tags: { ring: "early" } }, healthyForSeconds, maxFailures: 1 },
    { name: "rest", maxAtOnce: 10, healthyForSeconds },
  ],
});

export const status = fleet.status;
