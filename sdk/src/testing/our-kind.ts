import { type HostedKey, hostedType } from "@arcfleet/provider";
import { isHostedKey } from "@arcfleet/provider/lifecycle";

/** The kind of ours that a type token names; undefined for the types of others. */
export function ourKind(type: string): HostedKey | undefined {
  const word = type.split(":").at(-1) ?? "";
  const key = word.charAt(0).toLowerCase() + word.slice(1);
  return isHostedKey(key) && hostedType(key).token === type ? key : undefined;
}
