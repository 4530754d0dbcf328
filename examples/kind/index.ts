// Attaches kind clusters of this machine. The provider reads the kubeconfig whenever a cluster is needed, so its credentials never reach
// the state.
import { ConnectedCluster } from "@arcfleet/sdk";
import { Config } from "@pulumi/pulumi";

const config = new Config();

const clusters = config.requireObject<string[]>("clusters").map(
  (name) =>
    new ConnectedCluster(name, {
      resourceGroup: "fleet",
      location: config.require("location"),
      tags: { purpose: "development" },
      distribution: "kind",
      kubeconfig: { path: config.require("kubeconfig"), context: `kind-${name}` },
    }),
);

export const status = clusters.map(({ name, connectivityStatus }) => ({ name, connectivityStatus }));
