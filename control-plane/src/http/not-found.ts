import { connectedCluster, definitions, extension, fullType } from "@arcfleet/contract";
import type { FastifyRequest } from "fastify";
import { findProvider } from "../arm/providers.ts";
import { DomainError } from "../errors.ts";
import type { Services } from "../services.ts";
import { identify } from "./request-context.ts";

/** Where Azure has extensions and configurations besides connected clusters, in lower case. */
const otherClusters = new Map([
  ["microsoft.containerservice/managedclusters", "Microsoft.ContainerService/managedClusters"],
  ["microsoft.hybridcontainerservice/provisionedclusters", "Microsoft.HybridContainerService/provisionedClusters"],
  [
    "microsoft.hybridcontainerservice/provisionedclusterinstances",
    "Microsoft.HybridContainerService/provisionedClusterInstances",
  ],
  ["microsoft.resourceconnector/appliances", "Microsoft.ResourceConnector/appliances"],
]);

/** The type of the cluster in the path of something below it, if it is one of another kind. */
function otherCluster(parts: readonly string[]): string | undefined {
  const [first, second] = parts.flatMap((part, at) => (part.toLowerCase() === "providers" ? [at] : []));
  if (first === undefined || second === undefined) return undefined;
  if (parts[second + 1]?.toLowerCase() !== extension.namespace.toLowerCase()) return undefined;
  return otherClusters.get(`${parts[first + 1]}/${parts[first + 2]}`.toLowerCase());
}

/** What to say about a path that nothing answers under: which part of it is unknown, as far as it can be told. */
export async function notFoundError(services: Services, request: FastifyRequest): Promise<DomainError> {
  const [path = "/"] = request.url.split("?");
  const parts = path.split("/").filter((part) => part !== "");
  const provider = parts.findLastIndex((part) => part.toLowerCase() === "providers");
  if (parts[0]?.toLowerCase() !== "subscriptions" || provider < 0) {
    return new DomainError("NotFound", `Nothing answers under '${path}'. Check the path for typing errors.`);
  }
  await identify(services, request);
  const other = otherCluster(parts);
  if (other !== undefined) {
    return new DomainError(
      "ClusterTypeNotSupported",
      `'${other}' is not managed by this control plane: what is below '${extension.namespace}' is for ${fullType(connectedCluster)} alone. Attach the cluster as one of those.`,
    );
  }
  const namespace = parts[provider + 1] ?? "";
  const type = parts[provider + 2] ?? "";
  if (!findProvider(namespace)) {
    return new DomainError(
      "InvalidResourceNamespace",
      `The resource namespace '${namespace}' is invalid: this control plane does not have it.`,
    );
  }
  const known = definitions
    .filter((definition) => definition.namespace.toLowerCase() === namespace.toLowerCase())
    .map((definition) => `${definition.type}${definition.parent ? ` (below a ${definition.parent.singular})` : ""}`);
  return new DomainError(
    "InvalidResourceType",
    `The resource type '${type}' could not be found in the namespace '${namespace}' under '${path}'. The namespace has: ${known.join(", ")}.`,
  );
}
