import { connectedCluster, type DataPlaneVerb, dataPlanePath, resourceKey } from "@arcfleet/contract";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { childId, groupId } from "../arm/target.ts";
import { DomainError } from "../errors.ts";

/** The cluster that a data-plane request is about, whether or not it exists. */
export interface ClusterTarget {
  readonly id: string;
  /** The lower-case id. */
  readonly key: string;
  readonly name: string;
}

/** The route of a data-plane verb, with the parts of the cluster's id as parameters. */
export const dataPlaneRoute = (verb: DataPlaneVerb): string =>
  dataPlanePath(childId(groupId(":subscription", ":group"), connectedCluster, ":cluster"), verb);

const Params = z.object({
  subscription: z.guid(),
  group: z.string().min(1).max(90),
  cluster: z.string().regex(connectedCluster.name.pattern, connectedCluster.name.rule),
});

/** @throws DomainError when the path cannot be a cluster's id. */
export function clusterOf(request: FastifyRequest): ClusterTarget {
  const params = Params.safeParse(request.params);
  if (!params.success) {
    throw new DomainError("NotFound", "The path holds no id of a connected cluster.", {
      internal: params.error.message,
    });
  }
  const { subscription, group, cluster } = params.data;
  const id = childId(groupId(subscription, group), connectedCluster, cluster);
  return { id, key: resourceKey(id), name: cluster };
}
