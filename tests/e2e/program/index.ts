// Declares whatever the configuration value `spec` describes: see spec.ts.
import { ConnectedCluster, Extension, FluxConfiguration, readKubeconfig } from "@arcfleet/sdk";
import { Config } from "@pulumi/pulumi";
import { Spec } from "./spec.ts";

const spec = Spec.parse(JSON.parse(new Config().require("spec")));
const clusters = new Map<string, ConnectedCluster>();
const extensions = new Map<string, Extension>();

const find = <T>(map: ReadonlyMap<string, T>, name: string): T => {
  const found = map.get(name);
  if (found === undefined) throw new Error(`the spec has no ${name}`);
  return found;
};

for (const [name, { kubeconfig, kubeconfigText, ...args }] of Object.entries(spec.clusters)) {
  const text = kubeconfig === undefined ? kubeconfigText : readKubeconfig(kubeconfig);
  clusters.set(
    name,
    new ConnectedCluster(name, {
      resourceGroup: "fleet",
      ...args,
      ...(text === undefined ? {} : { kubeconfig: text }),
    }),
  );
}
for (const [name, { cluster, ...args }] of Object.entries(spec.extensions)) {
  extensions.set(name, new Extension(name, { ...args, cluster: find(clusters, cluster) }));
}
for (const [name, { cluster, extension, ...args }] of Object.entries(spec.fluxConfigurations)) {
  new FluxConfiguration(name, {
    ...args,
    cluster: find(clusters, cluster),
    ...(extension === undefined ? {} : { extension: find(extensions, extension) }),
  });
}
