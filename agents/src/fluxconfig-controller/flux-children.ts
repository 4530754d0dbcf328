import { childKinds, type FluxObject } from "../custom-resources/flux-objects.ts";
import { isKubeError, type KubeClient, type KubeKind } from "../runtime/index.ts";
import type { Seen } from "./managed-statuses.ts";

/** More than any sensible configuration brings along, and a bound for the status. */
const mostChildren = 200;

/**
 * The Flux objects in the inventories of kustomizations. Only those: what else was applied, deployments and pods, is judged by
 * Flux's own health checks.
 */
export async function fluxChildren(
  kube: KubeClient,
  kustomizations: readonly Seen[],
  signal: AbortSignal,
): Promise<Seen[]> {
  const children: Seen[] = [];
  for (const { name, namespace, object } of kustomizations) {
    for (const { id } of object?.status?.inventory?.entries ?? []) {
      const child = parseInventoryId(id);
      const kind = child && childKinds.find((one) => isOfKind(one, child));
      if (child === undefined || kind === undefined || children.length >= mostChildren) continue;
      const found = await getTolerant(kube, kind, child, signal);
      children.push({
        kind: child.kind,
        name: child.name,
        namespace: child.namespace,
        object: found,
        appliedBy: { name, namespace },
      });
    }
  }
  return children;
}

interface InventoryId {
  readonly namespace: string;
  readonly name: string;
  readonly group: string;
  readonly kind: string;
}

/** `namespace_name_group_kind`; names cannot hold underscores, a colon in an RBAC name is written as two. */
export function parseInventoryId(id: string): InventoryId | undefined {
  const parts = id.split("_");
  const kind = parts.at(-1);
  const group = parts.at(-2);
  const [namespace] = parts;
  if (parts.length < 4 || kind === undefined || group === undefined || namespace === undefined) return undefined;
  return { namespace, name: parts.slice(1, -2).join("_").replaceAll("__", ":"), group, kind };
}

const isOfKind = (kind: KubeKind<FluxObject>, child: InventoryId): boolean =>
  kind.kind === child.kind && kind.apiVersion.startsWith(`${child.group}/`);

/** A kind that the cluster does not serve has no objects. */
async function getTolerant(
  kube: KubeClient,
  kind: KubeKind<FluxObject>,
  ref: InventoryId,
  signal: AbortSignal,
): Promise<FluxObject | undefined> {
  try {
    return await kube.get(kind, ref, { signal });
  } catch (error) {
    if (isKubeError(error, "NotFound")) return undefined;
    throw error;
  }
}
