import { z } from "zod";

/** What every agent's process is told, beside what its cluster is. */
export const ProcessSettings = z.object({
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error"]).default("info"),
  /** Health and metrics. */
  ARCFLEET_AGENT_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  /** Set by Kubernetes in every pod. */
  KUBERNETES_SERVICE_HOST: z.string().optional(),
  KUBERNETES_SERVICE_PORT: z.string().default("443"),
  /** Outside of a cluster: tests and development. */
  KUBECONFIG: z.string().optional(),
});
export type ProcessSettings = z.infer<typeof ProcessSettings>;
