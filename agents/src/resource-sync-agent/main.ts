import { ClusterSettings, parseSettings, toClusterIdentity } from "../runtime/cluster-settings.ts";
import { clusterToken } from "../runtime/cluster-token.ts";
import { createControlPlaneClient } from "../runtime/control-plane/control-plane-client.ts";
import { heartbeatStream } from "../runtime/control-plane/heartbeat-stream.ts";
import { ProcessSettings } from "../runtime/process-settings.ts";
import { runProcess } from "../runtime/run-process.ts";
import { resourceSyncAgent } from "./resource-sync-agent.ts";

const name = "resource-sync-agent";
const settings = parseSettings(ProcessSettings.extend(ClusterSettings.shape), process.env);

await runProcess(name, settings, ({ kube, log, onRun }) => {
  const { endpoint, ca, clusterId } = toClusterIdentity(settings);
  const token = clusterToken({ kube, requestName: `${name}-identity-request`, audience: endpoint, log });
  const controlPlane = createControlPlaneClient({ endpoint, ca, clusterId, token, userAgent: `arcfleet-${name}` });
  const stream = heartbeatStream({ client: controlPlane, log });
  return { agents: [resourceSyncAgent({ kube, controlPlane: stream, log, onRun })], background: [stream.run] };
});
