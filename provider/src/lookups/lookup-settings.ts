import { readSettings, type Settings, type StackConfig } from "../settings/index.ts";

export type { StackConfig };

/** Look-ups are made by the program, which has the same environment as the provider. */
export const lookupSettings = (config: StackConfig): Settings => readSettings(process.env, config);
