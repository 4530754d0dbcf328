// `count` clusters without agents: what is measured is the engine, the provider and the control plane, no cluster.
import { ConnectedCluster } from "@arcfleet/sdk";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const count = config.requireNumber("count");
// The one cluster whose tag is another than at first.
const changed = config.getNumber("changed");
for (let at = 0; at < count; at++) {
  new ConnectedCluster(`c${at}`, {
    resourceGroup: "bench",
    location: "westeurope",
    tags: { number: at === changed ? "changed" : String(at) },
    agents: { install: false },
  });
}
