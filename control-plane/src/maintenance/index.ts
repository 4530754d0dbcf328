/** What the commands of the operator call; see cli/src/maintenance. */

export { RotationMode } from "@arcfleet/contract";
export { openSigningKeys } from "../identity/signing-keys.ts";
export { listKeys } from "./list-keys.ts";
export { openMaintenance } from "./open-maintenance.ts";
export { rotateKeys } from "./rotate-keys.ts";
export { rotateMasterKey } from "./rotate-master-key.ts";
