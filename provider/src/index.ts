export { ArmRequestError } from "./arm-client/error.ts";
export { hostedType, providerProperty, urnProperty } from "./hosting/dynamic-provider.ts";
