import { type ArmResource, type ExtensionOutput, type ExtensionProperties, extension } from "@arcfleet/contract";
import { type RecordInfo, readProperties, recordInfo, type WithoutNull, withoutNull } from "./record-info.ts";

type Written = Omit<ExtensionProperties, "configurationProtectedSettings">;

/** Everything that the control plane tells of an extension, in ARM's words; secrets are never told. */
export interface ExtensionInfo extends RecordInfo, WithoutNull<Written>, WithoutNull<ExtensionOutput> {
  /** The object id of the extension's own identity, for role assignments. */
  readonly principalId: string | undefined;
}

export function extensionInfo(record: ArmResource): ExtensionInfo {
  const { configurationProtectedSettings: _, ...written } = readProperties(extension.properties, record);
  return {
    ...recordInfo(record),
    principalId: record.identity?.principalId ?? undefined,
    ...withoutNull(written),
    ...withoutNull(readProperties(extension.output, record)),
  };
}
