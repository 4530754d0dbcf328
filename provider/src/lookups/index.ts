export type { ConnectedClusterFilter } from "./connected-cluster-filter.ts";
export { type ConnectedClusterInfo, connectedClusterInfo } from "./connected-cluster-info.ts";
export { type ExtensionInfo, extensionInfo } from "./extension-info.ts";
export { type FluxConfigurationInfo, fluxConfigurationInfo } from "./flux-configuration-info.ts";
export { getRecord, type RecordReference } from "./get-record.ts";
export { listConnectedClusters } from "./list-connected-clusters.ts";
export { type ExtensionTypeFilter, type ExtensionTypeInfo, listExtensionTypes } from "./list-extension-types.ts";
export { type LookupClient, lookupClient } from "./lookup-client.ts";
export type { StackConfig } from "./lookup-settings.ts";
