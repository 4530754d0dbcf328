import type { TypeKey } from "@arcfleet/contract";
import { recordKeys } from "../../kinds/index.ts";

/** The package as programs in any language name it. */
export const packageName = "arcfleet";

/** The type token of a kind: `arcfleet:index:ConnectedCluster`. */
export const tokenOf = (key: TypeKey): string => `${packageName}:index:${key.charAt(0).toUpperCase()}${key.slice(1)}`;

/** The kind of the resource that a URN names. */
export function keyOfUrn(urn: string): TypeKey {
  // urn:pulumi:<stack>::<project>::<types, from the outermost parent>::<name>
  const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const key = recordKeys.find((one) => tokenOf(one) === token);
  if (key === undefined) {
    throw new Error(`The package ${packageName} has no type ${token}; it has ${recordKeys.map(tokenOf).join(", ")}.`);
  }
  return key;
}

/** The name that the program gave to a resource. */
export const nameOfUrn = (urn: string): string => urn.split("::").slice(3).join("::");
