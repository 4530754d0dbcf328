import type { FastifyReply, FastifyRequest } from "fastify";
import type { ResourceTarget } from "../arm/target.ts";
import type { OperationRow } from "../db/operations.ts";
import type { Services } from "../services.ts";
import { queryOf } from "./request-context.ts";

/**
 * Where an operation is polled. Clusters have tenant-level URLs, children one below themselves: that is how the real services do
 * it, and some clients know the form.
 */
export function addOperationHeaders(
  services: Pick<Services, "publicUrl">,
  request: FastifyRequest,
  reply: FastifyReply,
  target: ResourceTarget,
  operation: Pick<OperationRow, "id">,
): void {
  const version = queryOf(request, "api-version");
  const suffix = `?api-version=${encodeURIComponent(version ?? "")}`;
  const url = (kind: "operations" | "operationResults"): string => {
    if (target.parentKey !== undefined) return `${services.publicUrl}${target.id}/${kind}/${operation.id}${suffix}`;
    const collection = kind === "operations" ? "operationStatuses" : kind;
    return `${services.publicUrl}/providers/${target.definition.namespace}/locations/local/${collection}/${operation.id}${suffix}`;
  };
  reply.header("azure-asyncoperation", url("operations"));
  // PUT ends with a GET of the resource; only the other verbs have a result to fetch.
  if (request.method !== "PUT") reply.header("location", url("operationResults"));
  // Without it, or with 0, common clients wait 10 or 30 seconds before they look, also at what has ended already.
  reply.header("retry-after", "1");
}
