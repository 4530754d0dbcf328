import type * as pulumi from "@pulumi/pulumi";
import { declaredOf } from "../declared.ts";
import { digest } from "./digest.ts";
import type { GateMember } from "./rollout-gate.ts";

/** A digest of what the program declares for a cluster and on it. */
export const revisionOf = ({ cluster, extensions = [], configurations = [] }: GateMember): pulumi.Output<string> =>
  digest([cluster, ...extensions, ...configurations].map(declaredOf));
