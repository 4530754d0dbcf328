import type { TypeKey } from "@arcfleet/contract";
import { armLifecycle } from "../lifecycle/arm-lifecycle.ts";
import type { Lifecycle } from "../lifecycle/lifecycle.ts";
import { rolloutGateLifecycle } from "../rollout/gate-lifecycle.ts";
import { inRollout } from "../rollout/in-rollout.ts";
import { connectedClusterKind } from "./connected-cluster.ts";
import { customLocationKind } from "./custom-location.ts";
import { extensionKind } from "./extension.ts";
import { extensionTypeKind } from "./extension-type.ts";
import { fluxConfigurationKind } from "./flux-configuration.ts";
import { resourceGroupKind } from "./resource-group.ts";
import { type PreparedKind, prepareKind, type ResourceKind } from "./resource-kind.ts";
import { roleAssignmentKind } from "./role-assignment.ts";
import { sourceControlConfigurationKind } from "./source-control-configuration.ts";

/** Records of the control plane, by their key in the contract. */
const kinds: Readonly<Record<TypeKey, ResourceKind>> = {
  connectedCluster: connectedClusterKind,
  customLocation: customLocationKind,
  extension: extensionKind,
  extensionType: extensionTypeKind,
  fluxConfiguration: fluxConfigurationKind,
  resourceGroup: resourceGroupKind,
  roleAssignment: roleAssignmentKind,
  sourceControlConfiguration: sourceControlConfigurationKind,
};

/** Every record that programs can declare. */
export const recordKeys = Object.keys(kinds) as readonly TypeKey[];

const prepared = new Map<TypeKey, PreparedKind>();

/** The kind of a key of the contract. Schemas are put together at the first use. */
export function kindOf(key: TypeKey): PreparedKind {
  const known = prepared.get(key);
  if (known) return known;
  const kind = prepareKind(kinds[key]);
  prepared.set(key, kind);
  return kind;
}

/** What programs can declare. */
export type HostedKey = TypeKey | keyof typeof ownLives;

/** What is no record of the control plane. */
const ownLives = { rolloutGate: rolloutGateLifecycle } as const;

const hasOwnLife = (key: string): key is keyof typeof ownLives => key in ownLives;

export const isHostedKey = (key: string): key is HostedKey => key in kinds || hasOwnLife(key);

export const lifecycleOf = (key: HostedKey): Lifecycle => {
  if (hasOwnLife(key)) return ownLives[key];
  const kind = kindOf(key);
  return inRollout(kind, armLifecycle(kind));
};
