// Declares whatever the configuration value `spec` describes: see spec.ts.
import { Config, CustomResource, type ID, type Output, output } from "@pulumi/pulumi";
import { Spec } from "./spec.ts";

class Declared extends CustomResource {
  declare readonly connectivityStatus: Output<string | undefined>;
}

const declared = new Map<string, Declared>();

function idOf(name: string): Output<ID> {
  const cluster = declared.get(name);
  if (cluster === undefined) throw new Error(`the spec has no ${name} so far`);
  return cluster.id;
}

for (const [name, { token, inputs, cluster, was }] of Object.entries(Spec.parse(new Config().requireObject("spec")))) {
  const given = { ...inputs, ...(cluster === undefined ? {} : { cluster: idOf(cluster) }) };
  const options = was === undefined ? {} : { aliases: [{ type: was }] };
  declared.set(name, new Declared(token, name, { connectivityStatus: undefined, ...given }, options));
}

export const statuses = output([...declared.values()].map(({ connectivityStatus }) => connectivityStatus));
