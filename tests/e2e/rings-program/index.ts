// Declares the fleet that the configuration value `spec` describes: the arguments of Fleet, as far as JSON can say them.
import { ConnectedCluster, Fleet, type FleetArgs } from "@arcfleet/sdk";
import { Config, type ResourceTransform, rootStackResource } from "@pulumi/pulumi";

type Spec = FleetArgs<string, string, string> & {
  /** Clusters that the program declares by themselves, as programs did before they had a fleet. */
  readonly alone?: readonly string[];
  /** Takes over what was declared alone. */
  readonly takesOver?: boolean;
};

const { alone = [], takesOver = false, ...args }: Spec = JSON.parse(new Config().require("spec"));

for (const name of alone) {
  new ConnectedCluster(name, { resourceGroup: "alone", location: "westeurope", agents: { install: false } });
}

/** The names that the parts had before they were the fleet's. */
const asBefore: ResourceTransform = ({ props, opts, name }) => ({
  props,
  opts: { ...opts, aliases: [{ name: name.replace(/^prod-/, ""), parent: rootStackResource }] },
});

const fleet = new Fleet("prod", args, takesOver ? { transforms: [asBefore] } : {});

export const status = fleet.status;
