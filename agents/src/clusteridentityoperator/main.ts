import { systemClock } from "../runtime/clock.ts";
import { ClusterSettings, parseSettings, toClusterIdentity } from "../runtime/cluster-settings.ts";
import { createControlPlaneClient } from "../runtime/control-plane/control-plane-client.ts";
import { ProcessSettings } from "../runtime/process-settings.ts";
import { runProcess } from "../runtime/run-process.ts";
import { buyToken } from "./buy-token.ts";
import { certificateAgent } from "./certificate-agent.ts";
import { createIdentityState } from "./cluster-identity.ts";
import type { IdentityCertificate } from "./identity-certificate.ts";
import { ownToken } from "./own-token.ts";
import { tokenAgent } from "./token-agent.ts";

const settings = parseSettings(ProcessSettings.extend(ClusterSettings.shape), process.env);

await runProcess("clusteridentityoperator", settings, ({ kube, log, onRun }) => {
  const cluster = toClusterIdentity(settings);
  const { endpoint, ca, clusterId } = cluster;
  const identity = createIdentityState();
  const buy = (certificate: IdentityCertificate, audience: string, signal: AbortSignal) =>
    buyToken({ certificate, audience, ca, nowMs: systemClock.now(), signal });
  const token = ownToken({ identity, buy: (certificate, signal) => buy(certificate, endpoint, signal) });
  const userAgent = "arcfleet-clusteridentityoperator";
  const controlPlane = createControlPlaneClient({ endpoint, ca, clusterId, token, userAgent });
  return {
    agents: [
      certificateAgent({ kube, controlPlane, identity, cluster, log, onRun }),
      tokenAgent({ kube, controlPlane, identity, buy, log, onRun }),
    ],
  };
});
