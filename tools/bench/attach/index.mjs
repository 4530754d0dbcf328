import { ConnectedCluster, readKubeconfig } from "@arcfleet/sdk";
import * as pulumi from "@pulumi/pulumi";

new ConnectedCluster("bench", {
  resourceGroup: "bench",
  location: "westeurope",
  kubeconfig: readKubeconfig(new pulumi.Config().require("kubeconfig")),
});
