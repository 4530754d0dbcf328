/** A deployment of a template into a group. */
export interface DeploymentsTable {
  key: string;
  id: string;
  name: string;
  group_key: string;
  state: "Running" | "Succeeded" | "Failed" | "Canceled";
  /** JSON of what is shown: parameters without secret ones, outputs, hash. */
  shown: string;
  /** JSON of how far each resource is, in the order of the plan. */
  steps: string;
  /** Sealed JSON of what is to be written and for whom; null when the deployment has ended. */
  plan: string | null;
  /** JSON of the error of a failed one. */
  error: string | null;
  correlation_id: string;
  operation_id: string;
  started_at: string;
  ended_at: string | null;
}
