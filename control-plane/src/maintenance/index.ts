/** What the commands of the operator call; see cli/src/maintenance. */

export { RotationMode } from "@arcfleet/contract";
export { openSigningKeys } from "../identity/signing-keys.ts";
export { backup } from "./backup.ts";
export { type DatabaseFacts, inspectDatabase, type PostgresFacts, tryMasterKey } from "./inspect-database.ts";
export { listKeys } from "./list-keys.ts";
export { abandonMove, migrateStore } from "./migrate-store.ts";
export { openMaintenance } from "./open-maintenance.ts";
export { restore } from "./restore.ts";
export { rotateKeys } from "./rotate-keys.ts";
export { rotateMasterKey } from "./rotate-master-key.ts";
