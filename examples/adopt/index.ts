// Takes over a cluster that somebody else attached, with the Flux extension that is on it. Adopting writes nothing.
import { ConnectedCluster, Extension } from "@arcfleet/sdk";
import { Config } from "@pulumi/pulumi";

const config = new Config();

// No kubeconfig: the record becomes ours, the agents stay with whoever installed them. And a mistaken `pulumi destroy` must not take
// away what others rely on.
const cluster = new ConnectedCluster(
  config.require("clusterName"),
  {
    resourceGroup: config.require("resourceGroup"),
    location: config.require("location"),
    adopt: true,
  },
  { protect: true },
);

const flux = new Extension("flux", { cluster, extensionType: "microsoft.flux", adopt: true }, { protect: true });

export const connectivity = cluster.connectivityStatus;
export const fluxVersion = flux.currentVersion;
