/** For programs other than the engine that look at what is in a control plane as the provider sees it. */
export { type ArmClient, createArmClient } from "./arm-client/arm-client.ts";
export { listAll } from "./arm-client/list-all.ts";
export { inputsOfRecord } from "./inputs/inputs-of-record.ts";
export type { Properties } from "./inputs/plain.ts";
export { kindOf } from "./kinds/index.ts";
export { readSettings } from "./settings/index.ts";
