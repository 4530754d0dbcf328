import { isExplicit, type StackConfig } from "../settings/index.ts";

/** The place of inputs that name no subscription of their own: it is the provider's. */
const inProvidersSubscription = /^\/subscriptions\/\//;
const subscriptionIn = /^\/subscriptions\/([^/]+)\//i;

/**
 * Whether a resource was made through another provider, in the subscription of another control plane: then this one cannot know it,
 * and handing it over means to make it anew. Only an explicit provider can tell: it carries its subscription with it.
 * @param placeOf the place that the inputs name; undefined while it is not known, when a preview announces the worse
 */
export function isElsewhere(id: string, config: StackConfig, placeOf: () => string | undefined): boolean {
  if (!isExplicit(config) || typeof config.subscriptionId !== "string") return false;
  const subscription = subscriptionIn.exec(id)?.[1];
  if (subscription === undefined || subscription.toLowerCase() === config.subscriptionId.toLowerCase()) return false;
  const place = placeOf();
  return place === undefined || inProvidersSubscription.test(place);
}
