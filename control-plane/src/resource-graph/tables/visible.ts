/** Which rows a caller may see: those for whose type and scope a role of theirs allows reading. */
import type { Reach } from "../../authorization/authorize.ts";
import { type KeyRange, rangesOf } from "../../authorization/key-ranges.ts";
import { scopeKey } from "../../authorization/permits.ts";
import { DomainError } from "../../errors.ts";
import type { Caller } from "../../identity/caller.ts";
import type { Services } from "../../services.ts";

export interface Visible {
  /** Undefined: everything. */
  readonly scopes: ReadonlySet<string> | undefined;
  /** Where the resources are that lie there, in the order of keys. */
  readonly ranges: readonly KeyRange[];
  includes(key: string): boolean;
}

/** No key begins with a character above these. */
const everyKey: KeyRange = { from: "", to: "\u007f" };

/** Where below the subscription the caller may do `action`; nowhere is an answer like any other. */
export async function visibleTo(services: Services, caller: Caller, action: string): Promise<Visible> {
  const reach = await reachOf(services, caller, action);
  if (reach === "everywhere") return { scopes: undefined, ranges: [everyKey], includes: () => true };
  const scopes = new Set(reach.map(scopeKey));
  return { scopes, ranges: rangesOf([...scopes]), includes: (key) => isWithin(scopes, key) };
}

async function reachOf(services: Services, caller: Caller, action: string): Promise<Reach> {
  try {
    return await services.access.reach(caller, action, `/subscriptions/${services.subscriptionId}`);
  } catch (error) {
    if (error instanceof DomainError && error.code === "AuthorizationFailed") return [];
    throw error;
  }
}

/** Whether a key or something that it lies below is among the scopes. */
function isWithin(scopes: ReadonlySet<string>, key: string): boolean {
  for (let end = key.length; end > 0; end = key.lastIndexOf("/", end - 1)) {
    if (scopes.has(key.slice(0, end))) return true;
  }
  return false;
}
