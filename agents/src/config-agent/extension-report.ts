import type { DesiredExtension, ExtensionReport, ReportState } from "@arcfleet/contract";
import type { ExtensionConfig, ExtensionConfigStatus, ExtensionState } from "../custom-resources/extension-config.ts";

const reportStateOf: Readonly<Record<ExtensionState, ReportState>> = {
  Pending: "InProgress",
  Deleting: "InProgress",
  Installed: "Succeeded",
  Failed: "Failed",
};

/** What the control plane is told of an extension that is to exist. */
export function extensionReport(item: DesiredExtension, object: ExtensionConfig): ExtensionReport {
  const { status } = object;
  const isCurrent =
    status !== undefined &&
    status.observedGeneration === object.metadata.generation &&
    status.desiredGeneration === item.generation;
  return {
    kind: "extension",
    name: item.name,
    generation: item.generation,
    state: isCurrent ? reportStateOf[status.status] : "InProgress",
    observedAt: new Date().toISOString(),
    ...(status?.currentVersion === undefined ? {} : { currentVersion: status.currentVersion }),
    ...(isCurrent ? { statuses: [statusLine(status)] } : {}),
    ...(isCurrent && status.status === "Failed" ? { error: errorOf(item, status) } : {}),
  };
}

/** In the shape that clients of the original know: the cause sits in the first detail. */
const errorOf = (item: DesiredExtension, status: ExtensionConfigStatus) => ({
  code: "ResourceOperationFailure",
  message: `The extension ${item.name} (${item.spec.extensionType} ${item.spec.version}) could not be installed: ${status.message}`,
  target: item.id,
  details: [{ code: status.reason ?? "ExtensionCreationFailed", message: status.message, target: item.name }],
});

const statusLine = (status: ExtensionConfigStatus) => ({
  code: status.reason ?? status.status,
  displayStatus: status.status,
  level: status.status === "Failed" ? ("Error" as const) : ("Information" as const),
  message: status.message,
  time: status.lastTransitionTime,
});

export const extensionDeletedReport = (item: DesiredExtension): ExtensionReport => ({
  kind: "extension",
  name: item.name,
  generation: item.generation,
  state: "Deleted",
  observedAt: new Date().toISOString(),
});
