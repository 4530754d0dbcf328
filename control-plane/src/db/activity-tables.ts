/** Events of the activity log: only ever added, and pruned by age. */
export interface ActivityLogTable {
  subscription_key: string;
  /** `{ISO time}-{12 hex digits}`: events sort by it, and so does every index that holds it. */
  event_id: string;
  /** The lower-case id of what the event is about. */
  resource_key: string;
  resource_id: string;
  /** The action that a role must allow, `Microsoft.Kubernetes/connectedClusters/write`. */
  operation_name: string;
  status: "Accepted" | "Succeeded" | "Failed";
  /** The name of the HTTP status, `Created`. */
  sub_status: string;
  /** The name of a person, the object id of anything else. */
  caller: string;
  correlation_id: string;
  /** JSON of what is only shown. */
  detail: string;
}
