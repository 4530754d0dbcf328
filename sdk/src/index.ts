export type { AdoptArgs } from "./arcfleet-resource.ts";
export * from "./connected-cluster.ts";
export * from "./extension.ts";
export * from "./flux-configuration.ts";
export * from "./provider.ts";
export * from "./read-kubeconfig.ts";
export * from "./resource-group.ts";
export * from "./role-assignment.ts";
