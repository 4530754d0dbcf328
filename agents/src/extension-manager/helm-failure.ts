import { HelmError } from "@arcfleet/helm";
import { SettingError } from "./helm-values.ts";

/**
 * What a failure asks for: `wait` for something outside that comes back by itself, `change` by a person (trying again gives
 * the same answer), or simply `retry`.
 */
export type FailureKind = "wait" | "change" | "retry";

const outage =
  /cluster unreachable|connection refused|no such host|connection reset|i\/o timeout|TLS handshake timeout|\bEOF\b|: 50[234]\b|50[234] (Bad Gateway|Service Unavailable|Gateway Timeout)|server is currently unable|etcdserver|network is unreachable|no route to host/i;
const unrenderable =
  /values don't meet the specifications|execution error at|parse error|template:|error converting YAML|unable to build kubernetes objects|missing in charts\/|cannot load values|chart requires kubeVersion/i;

export function failureKind(error: unknown): FailureKind {
  if (error instanceof SettingError) return "change";
  if (!(error instanceof HelmError)) return "retry";
  if (unrenderable.test(error.message)) return "change";
  // Workloads that do not get ready are no outage, whatever words their logs use.
  if (error.isTimeout && !error.message.startsWith("helm pull")) return "retry";
  return outage.test(error.message) ? "wait" : "retry";
}

/** The code of a failure in the extension's status. */
export const failureReason = (error: unknown): string => {
  if (error instanceof SettingError) return "InvalidExtensionSettings";
  if (error instanceof HelmError && error.message.startsWith("helm pull")) return "ChartPullFailed";
  return "ExtensionCreationFailed";
};
