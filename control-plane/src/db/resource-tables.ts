import type { ColumnType } from "kysely";

/** A resource group; resources can only be made in one that exists. */
export interface ResourceGroupsTable {
  /** The lower-case id. */
  key: string;
  id: string;
  name: string;
  subscription_key: string;
  location: string;
  /** JSON. */
  tags: string;
  /** The id of what manages the group, when its creator said so. */
  managed_by: ColumnType<string | null, string | null | undefined, string | null>;
  state: "Succeeded" | "Deleting";
  created_at: string;
}

/** A resource of any type of the registry. */
export interface ResourcesTable {
  /** The lower-case id. */
  key: string;
  /** The id in the case it was created with. */
  id: string;
  name: string;
  /** The lower-case full type. */
  type: string;
  /** Lower-case ids of what holds the resource; `parent_key` is null for what lives directly in a group. */
  subscription_key: string;
  group_key: string;
  parent_key: string | null;
  location: string | null;
  /** JSON of the tags; resource_tags holds the same, one row a tag. */
  tags: string;
  /** JSON of what the type has beside its properties, such as a marketplace plan; null when that is nothing. */
  envelope: string | null;
  /** JSON of what the client wrote, defaults filled in, secret values blanked. */
  properties: string;
  /** JSON of what the agents reported. */
  output: string;
  /** JSON of what the type's hook worked out while writing, such as the chosen chart version; null for most types. */
  resolved: string | null;
  /** Sealed JSON of the secret values; null when there are none. */
  secrets: string | null;
  /** `provisioningState`. */
  state: string;
  /** Changes with every change by a client, not with reports. */
  etag: string;
  /** The generation of the cluster's desired state at which this child last changed; 0 for clusters. */
  generation: number;
  principal_id: string | null;
  correlation_id: string;
  created_at: string;
  created_by: string;
  created_by_type: string;
  modified_at: string;
  modified_by: string;
  modified_by_type: string;
}

/** Which provider namespaces a subscription can be written in; all of them where there is no row. */
export interface ProviderRegistrationsTable {
  subscription_key: string;
  /** In lower case. */
  namespace: string;
  state: "Registered" | "Unregistered";
  changed_at: string;
}

/** One row a tag, in lower case, for the tag filters of lists. Written only when tags change. */
export interface ResourceTagsTable {
  resource_key: string;
  name: string;
  value: string;
}

/** What an `Azure-AsyncOperation` URL answers from; kept for some time after the end. */
export interface OperationsTable {
  id: string;
  resource_key: string;
  resource_id: string;
  kind: "put" | "patch" | "delete";
  status: "InProgress" | "Succeeded" | "Failed" | "Canceled";
  /** The generation whose report ends the operation. */
  generation: number;
  /** JSON of the ARM error of a failed one. */
  error: string | null;
  correlation_id: string;
  started_at: string;
  ended_at: string | null;
  /** JSON of the event of the activity log that began it, of one that goes on. */
  activity: ColumnType<string | null, string | null | undefined, string | null>;
}

/**
 * One row for each connected cluster, made and removed with it: what changes often and must not touch the resource.
 * Heartbeats only ever UPDATE it, so that a late one cannot bring a deleted cluster back.
 */
export interface ClusterStatusTable {
  /** The lower-case id of the cluster. */
  cluster_key: string;
  /** The newest generation of the cluster's desired state; raised in the transaction that changes a child. */
  generation: number;
  /** SHA-256 of the onboarding public key; null without agents. Shared only by the records of one cluster while it moves. */
  key_hash: string | null;
  /** The lower-case id of the record that this one was made from by a region move, while that is still there. */
  moved_from: string | null;
  /** ISO time of the last heartbeat. */
  last_connectivity: string | null;
  /** ISO end of the managed-identity certificate. */
  certificate_expires: string | null;
  /** JSON of the last heartbeat. */
  metadata: string | null;
}

/**
 * Where the generations of a deleted cluster ended. Agents may still hold what they knew of it; were the numbers of a cluster that
 * is made anew under its name to begin at 0, the agents would take new items for old ones.
 */
export interface RetiredClustersTable {
  cluster_key: string;
  generation: number;
}

/** Tags of the subscription itself; no row while it has none. */
export interface SubscriptionTagsTable {
  subscription_key: string;
  /** JSON. */
  tags: string;
}

/** Which namespaces of which cluster custom locations stand for; a namespace is taken once. Made and removed with the resource. */
export interface CustomLocationsTable {
  resource_key: string;
  /** The lower-case id of the cluster. */
  host_key: string;
  namespace: string;
}
