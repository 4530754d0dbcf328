import { DomainError } from "../errors.ts";
import type { Services } from "../services.ts";

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Refuses a subscription that is not this control plane's, and returns the scope of the one that is. */
export function checkSubscription(services: Pick<Services, "subscriptionId">, id: string): string {
  if (!guid.test(id)) {
    throw new DomainError(
      "InvalidSubscriptionId",
      `The provided subscription identifier '${id}' is malformed or invalid: it must be a GUID.`,
    );
  }
  if (id.toLowerCase() !== services.subscriptionId.toLowerCase()) {
    throw new DomainError(
      "SubscriptionNotFound",
      `The subscription '${id}' could not be found. connection.json names the one of this control plane.`,
    );
  }
  return `/subscriptions/${services.subscriptionId}`;
}
