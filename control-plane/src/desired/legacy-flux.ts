import {
  type ComplianceState,
  FluxConfigurationProperties,
  type FluxConfigurationReport,
  type legacyComplianceStates,
  parseOperatorParams,
  type SourceControlConfigurationProperties,
} from "@arcfleet/contract";
import type { JsonObject } from "../json.ts";

/** What Flux v2 is to do for a configuration that was written for Flux v1: docs/decisions/0099. */
export function toFluxConfiguration(legacy: SourceControlConfigurationProperties): FluxConfigurationProperties {
  const { branch, paths, pollSeconds, isPruned } = parseOperatorParams(legacy.operatorParams).params;
  const secrets: Readonly<Record<string, string>> = legacy.configurationProtectedSettings;
  const { httpsUser, ...protectedSettings } = secrets;
  const timing = { syncIntervalInSeconds: pollSeconds };
  return FluxConfigurationProperties.parse({
    scope: legacy.operatorScope,
    namespace: legacy.operatorNamespace,
    sourceKind: "GitRepository",
    gitRepository: {
      url: legacy.repositoryUrl,
      repositoryRef: { branch },
      ...timing,
      ...(legacy.sshKnownHostsContents === undefined ? {} : { sshKnownHosts: legacy.sshKnownHostsContents }),
      ...(httpsUser === undefined ? {} : { httpsUser: Buffer.from(httpsUser, "base64").toString("utf8") }),
    },
    kustomizations: Object.fromEntries(
      (paths.length === 0 ? [""] : paths).map((path, at) => [
        `path-${at + 1}`,
        // Flux v1 applied what it could and waited for nothing.
        { path, prune: isPruned, wait: false, ...timing },
      ]),
    ),
    configurationProtectedSettings: protectedSettings,
  });
}

const complianceOf: Readonly<Record<ComplianceState, (typeof legacyComplianceStates)[number]>> = {
  Compliant: "Compliant",
  "Non-Compliant": "Noncompliant",
  Pending: "Pending",
  Suspended: "Pending",
  Unknown: "Pending",
};

/** The words in which clients of the old type ask how far the cluster got. */
export function legacyOutput(before: JsonObject, report: FluxConfigurationReport): JsonObject {
  const message = report.errorMessage ?? report.error?.message ?? "";
  return {
    ...before,
    complianceStatus: {
      complianceState: complianceOf[report.complianceState],
      lastConfigApplied: report.sourceUpdatedAt ?? null,
      message: message === "" ? (report.sourceSyncedCommitId ?? "") : message,
      messageLevel: report.complianceState === "Non-Compliant" ? "Error" : "Information",
    },
    ...(report.repositoryPublicKey === undefined ? {} : { repositoryPublicKey: report.repositoryPublicKey }),
  };
}
