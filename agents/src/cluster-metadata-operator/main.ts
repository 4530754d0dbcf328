import { ClusterSettings, parseSettings, toClusterIdentity } from "../runtime/cluster-settings.ts";
import { ProcessSettings } from "../runtime/process-settings.ts";
import { runProcess } from "../runtime/run-process.ts";
import { clusterMetadataAgent } from "./cluster-metadata-agent.ts";

const settings = parseSettings(ProcessSettings.extend(ClusterSettings.shape), process.env);

await runProcess("cluster-metadata-operator", settings, ({ kube, log, onRun }) => ({
  agents: [clusterMetadataAgent({ kube, log, onRun, cluster: toClusterIdentity(settings) })],
}));
