/** People, applications and keys of the control plane's own directory. Below the subscription, because that is where roles are held. */
export const identityNamespace = "Arcfleet.Identity";
export const identityApiVersion = "2026-11-01";
