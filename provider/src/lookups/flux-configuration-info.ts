import {
  type ArmResource,
  type FluxConfigurationOutput,
  type FluxConfigurationProperties,
  fluxConfiguration,
} from "@arcfleet/contract";
import { type RecordInfo, readProperties, recordInfo, type WithoutNull, withoutNull } from "./record-info.ts";

type Written = Omit<FluxConfigurationProperties, "configurationProtectedSettings">;

/** Everything that the control plane tells of a flux configuration, in ARM's words; secrets are never told. */
export interface FluxConfigurationInfo extends RecordInfo, WithoutNull<Written>, WithoutNull<FluxConfigurationOutput> {}

export function fluxConfigurationInfo(record: ArmResource): FluxConfigurationInfo {
  const { configurationProtectedSettings: _, ...written } = readProperties(fluxConfiguration.properties, record);
  return {
    ...recordInfo(record),
    ...withoutNull(written),
    ...withoutNull(readProperties(fluxConfiguration.output, record)),
  };
}
