// Registers the chart in charts/greeter as an extension type, and keeps it installed on a cluster.
import { join } from "node:path";
import {
  ConnectedCluster,
  CustomLocation,
  Extension,
  ExtensionType,
  ResourceGroup,
  readKubeconfig,
} from "@arcfleet/sdk";
import { Config } from "@pulumi/pulumi";

const config = new Config();
const location = config.require("location");

const group = new ResourceGroup("greeters", { location });

const greeterType = new ExtensionType("contoso.greeter", {
  resourceGroup: group,
  description: "Answers every request with a greeting",
  publisher: "Contoso platform team",
  defaultReleaseNamespace: "greeter",
  versions: {
    "1.0.0": { chart: join(import.meta.dirname, "charts/greeter"), releaseTrains: ["Stable"] },
  },
});

const cluster = new ConnectedCluster("edge", {
  resourceGroup: group,
  location,
  kubeconfig: readKubeconfig(config.require("kubeconfig")),
});

// Without a version it follows the newest one on the train Stable.
const greeter = new Extension("greeter", {
  cluster,
  extensionType: greeterType.extensionType,
  configurationSettings: { image: config.require("image"), greeting: config.require("greeting") },
});

// The namespace that it runs in, as a place that other tools can name. The cluster and the extension stay while it is there.
const place = new CustomLocation("greeters-on-edge", {
  resourceGroup: group,
  location,
  hostResourceId: cluster.id,
  namespace: "greeter",
  clusterExtensionIds: [greeter.id],
});

export const placeId = place.id;
export const versions = greeterType.versions;
export const installed = greeter.currentVersion;
