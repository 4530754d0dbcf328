export type {
  ConnectedClusterFilter,
  ConnectedClusterInfo,
  ExtensionInfo,
  ExtensionTypeFilter,
  ExtensionTypeInfo,
  FluxConfigurationInfo,
} from "@arcfleet/provider/lookups";
export type { AdoptArgs } from "./arcfleet-resource.ts";
export * from "./connected-cluster.ts";
export * from "./custom-location.ts";
export * from "./extension.ts";
export * from "./extension-type.ts";
export * from "./fleet/fleet.ts";
export type * from "./fleet/fleet-args.ts";
export type { FleetClusterStatus } from "./fleet/fleet-status.ts";
export type { ClusterFilter, SelectableCluster, Selector } from "./fleet/selector.ts";
export * from "./flux-configuration.ts";
export type { InClusterKubeconfig, KubeconfigFile, KubeconfigObject, KubeconfigSource } from "./kubeconfig.ts";
export type { GetByIdArgs, GetByIdOutputArgs } from "./lookups/by-id.ts";
export * from "./lookups/get-connected-cluster.ts";
export * from "./lookups/get-extension.ts";
export * from "./lookups/get-flux-configuration.ts";
export * from "./lookups/list-connected-clusters.ts";
export * from "./lookups/list-extension-types.ts";
export type { LookupOptions } from "./lookups/look-up.ts";
export * from "./provider.ts";
export * from "./read-kubeconfig.ts";
export * from "./resource-group.ts";
export * from "./role-assignment.ts";
export { type GateMember, type HealthArgs, RolloutGate, type RolloutGateArgs } from "./rollout/rollout-gate.ts";
export * from "./source-control-configuration.ts";
