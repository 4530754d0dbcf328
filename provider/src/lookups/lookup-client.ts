import type { ArmClient } from "../arm-client/arm-client.ts";
import type { Settings } from "../settings/index.ts";
import { lookupSettings, type StackConfig } from "./lookup-settings.ts";

/** What a look-up works with, in the process of the program itself. */
export interface LookupClient {
  readonly client: ArmClient;
  readonly settings: Settings;
}

const clients = new Map<string, Promise<LookupClient>>();

/** The client of a control plane: one for all look-ups of a program, so that they share a token and connections. */
export function lookupClient(config: StackConfig): Promise<LookupClient> {
  const settings = lookupSettings(config);
  const key = JSON.stringify(settings);
  const known = clients.get(key) ?? connect(settings);
  clients.set(key, known);
  return known;
}

async function connect(settings: Settings): Promise<LookupClient> {
  // Loaded by the first look-up: a program that looks nothing up does not pay for it.
  const { createArmClient } = await import("../arm-client/arm-client.ts");
  return { client: createArmClient(settings), settings };
}
