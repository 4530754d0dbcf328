import type { FluxConfigurationOutput } from "@arcfleet/contract";

/** What Flux says is wrong: the configuration's own message, or the message of each object that is not ready. */
export function explainCompliance(found: FluxConfigurationOutput): string {
  if (found.errorMessage) return found.errorMessage;
  return (found.statuses ?? [])
    .filter(({ complianceState }) => complianceState === "Non-Compliant")
    .map(({ kind, name, statusConditions }) => {
      const ready = statusConditions?.find(({ type, status }) => type === "Ready" && status !== "True");
      return `${kind} ${name}: ${ready?.message ?? ready?.reason ?? "not ready"}`;
    })
    .join("; ");
}
