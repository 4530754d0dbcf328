import { resolve } from "node:path";
import { backup, restore } from "@arcfleet/control-plane/maintenance";
import { z } from "zod";
import { InstallationOptions, toMaintenanceSettings } from "./installation-settings.ts";
import { say } from "./say.ts";

const BackupOptions = InstallationOptions.extend({ out: z.string().min(1), includeKeys: z.boolean().default(false) });
const RestoreOptions = InstallationOptions.extend({ from: z.string().min(1) });

export async function runBackup(options: unknown): Promise<void> {
  const parsed = BackupOptions.parse(options);
  const out = resolve(parsed.out);
  const { includeKeys } = parsed;
  const { tables, rows, wrappedBy } = await backup({
    installation: toMaintenanceSettings(parsed, false),
    out,
    includeKeys,
  });
  say(`${out} holds ${rows} rows of ${tables} tables`);
  say(
    includeKeys
      ? "it holds the master keys too: whoever has it can read every secret"
      : `its secrets open with ${wrappedBy.join(", ")}, which is not in it: keep a copy, apart`,
  );
}

export async function runRestore(options: unknown): Promise<void> {
  const parsed = RestoreOptions.parse(options);
  const { header, rows, masterKeyFile } = await restore({
    from: resolve(parsed.from),
    installation: toMaintenanceSettings(parsed, false),
    filesTo: parsed.data === undefined ? undefined : resolve(parsed.data),
  });
  say(`${rows} rows of ${header.createdAt} are restored, and the keys open them`);
  if (masterKeyFile !== undefined) say(`the master keys of the backup are in ${masterKeyFile}`);
  if (header.endpoint !== undefined) {
    const { port } = new URL(header.endpoint);
    say(`clusters look for it at ${header.endpoint}: start it with --port ${port || "443"} there`);
  }
}
