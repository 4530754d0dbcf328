import type { ArmResource } from "@arcfleet/contract";
import { type Properties, withoutUndefined } from "../inputs/plain.ts";
import type { PreparedKind } from "../kinds/resource-kind.ts";

/** The form of the state that this release writes. Raise it with a migration below whenever a field changes its meaning. */
export const stateVersion = 1;

/** Each entry brings a state from the version of its index + 1 to the next. A state of any release stays readable for good. */
const migrations: readonly ((state: Properties) => Properties)[] = [];

/** A state that this release cannot read. */
export class StateVersionError extends Error {
  override readonly name = "StateVersionError";
}

export function migrateState(state: Properties): Properties {
  const version = typeof state.stateVersion === "number" ? state.stateVersion : stateVersion;
  if (version > stateVersion) {
    throw new StateVersionError(
      `The state was written by a newer release of arcfleet (form ${version}, this one reads up to ${stateVersion}); update @arcfleet/sdk.`,
    );
  }
  return migrations.slice(version - 1).reduce((current, migrate) => migrate(current), state);
}

/**
 * The state of a resource: its inputs as given, what the service tells, and whether work is left. Every verb uses this one.
 * A property that the user did not give but the service knows (a detected distribution) is kept as an output and listed in
 * `detected`, so that it never counts as an input.
 */
export function toState(
  kind: PreparedKind,
  inputs: Properties,
  record: ArmResource,
  outputs: Properties = {},
  unfinished?: string,
): Properties {
  const service: Record<string, unknown> = {};
  const detected: string[] = [];
  for (const key of kind.outputs) {
    const value = record.properties[key];
    if (value === undefined || value === null) continue;
    if (key in kind.inputs.shape) {
      if (inputs[key] !== undefined) continue;
      detected.push(key);
    }
    service[key] = value;
  }
  return withoutUndefined({
    stateVersion,
    ...inputs,
    ...service,
    ...(kind.definition.hasIdentity ? { principalId: record.identity?.principalId ?? undefined } : {}),
    ...outputs,
    detected: detected.length > 0 ? detected : undefined,
    unfinished,
  });
}
