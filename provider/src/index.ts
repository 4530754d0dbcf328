export { ArmRequestError } from "./arm-client/error.ts";
export { resolveUserPath } from "./connected-cluster/resolve-user-path.ts";
export { dynamicPackage, hintsProperty, hostedType, providerProperty } from "./hosting/dynamic-provider.ts";
export type { HostedKey } from "./kinds/index.ts";
export type { Hints } from "./lifecycle/context.ts";
export { readConnectionFile } from "./settings/connection-file.ts";
export { secretSettings, settingNames } from "./settings/fields.ts";
