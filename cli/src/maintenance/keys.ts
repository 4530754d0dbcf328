import {
  listKeys,
  openMaintenance,
  openSigningKeys,
  RotationMode,
  rotateKeys,
  rotateMasterKey,
} from "@arcfleet/control-plane/maintenance";
import { z } from "zod";
import { InstallationOptions, toMaintenanceSettings } from "./installation-settings.ts";
import { say } from "./say.ts";

const RotateOptions = InstallationOptions.extend({
  master: z.boolean().default(false),
  signing: z.union([z.literal(true).transform(() => "scheduled" as const), RotationMode]).optional(),
}).refine(({ master, signing }) => !(master && signing !== undefined), "one of --master and --signing at a time");

export async function list(options: unknown): Promise<void> {
  await using open = await openMaintenance(toMaintenanceSettings(InstallationOptions.parse(options)));
  for (const key of await listKeys(open.store, open.secrets.ring.source, open.clock)) {
    const since = key.since === "" ? "" : ` since ${key.since}`;
    say(`${key.kind.padEnd(9)} ${key.state.padEnd(7)} ${key.id}${since}: ${key.detail}`);
  }
}

export async function rotate(options: unknown): Promise<void> {
  const parsed = RotateOptions.parse(options);
  const settings = toMaintenanceSettings(parsed);
  await using open = await openMaintenance(settings);
  const { store, clock, secrets } = open;
  const { ring } = secrets;
  if (parsed.signing !== undefined) {
    const signingKeys = await openSigningKeys({ store, secrets, clock });
    await signingKeys.rotate(parsed.signing);
    for (const key of await signingKeys.list()) {
      say(
        `signing key ${key.kid} ${key.isCurrent ? "signs" : key.activeFrom > clock.now().toISOString() ? "will sign" : "signed before"}, since ${key.activeFrom}`,
      );
    }
    return;
  }
  if (parsed.master) {
    const isOwnFile =
      settings.masterKey === undefined && settings.masterKeyFile === undefined && settings.kmsFile === undefined;
    const ownFileIn = isOwnFile ? settings.dataDir : undefined;
    const { wrappedBy, rewrapped, keptFile } = await rotateMasterKey({ store, ring, ownFileIn, onProgress: say });
    say(`${rewrapped} keys of the database were wrapped again; all are wrapped by ${wrappedBy}`);
    if (keptFile !== undefined) say(`${keptFile} opens backups made before: keep it with them, away from here`);
    return;
  }
  const { keyId, rewrapped, inUse, retired, removed } = await rotateKeys({ store, ring, clock, onProgress: say });
  say(`key ${keyId} seals now; ${rewrapped} values were wrapped again`);
  if (retired.length > 0)
    say(`${retired.join(", ")} seals nothing any more, and is removed by the next rotation after a day`);
  if (removed.length > 0) say(`removed: ${removed.join(", ")}`);
  if (inUse.size > 0) {
    const still = [...inUse].map(
      ([id, uses]) => `${id} (${uses.map(({ place, count }) => `${count} in ${place}`).join(", ")})`,
    );
    throw new Error(`Old keys are still in use and stay: ${still.join("; ")}. Run it again`);
  }
}
