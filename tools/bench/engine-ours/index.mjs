// `count` clusters without agents: what is measured is the engine, the provider and the control plane, no cluster.
import { ConnectedCluster } from "@arcfleet/sdk";
import * as pulumi from "@pulumi/pulumi";

const count = new pulumi.Config().requireNumber("count");
for (let at = 0; at < count; at++) {
  new ConnectedCluster(`c${at}`, {
    resourceGroup: "bench",
    location: "westeurope",
    tags: { number: String(at) },
    agents: { install: false },
  });
}
