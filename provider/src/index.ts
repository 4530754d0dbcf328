export { ArmRequestError } from "./arm-client/error.ts";
export { hintsProperty, hostedType, providerProperty } from "./hosting/dynamic-provider.ts";
export type { HostedKey } from "./kinds/index.ts";
