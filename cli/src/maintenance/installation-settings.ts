import { resolve } from "node:path";
import { z } from "zod";

/** How every command of the operator is told which installation it works on, and where its keys come from. */
export const InstallationOptions = z.object({
  data: z.string().min(1).optional(),
  databaseUrlFile: z.string().min(1).optional(),
  masterKeyFile: z.string().min(1).optional(),
  kmsFile: z.string().min(1).optional(),
  /** These two from the environment: no secret is ever an option. */
  database: z.string().min(1).optional(),
  masterKey: z.string().min(1).optional(),
});

const absolute = (path: string | undefined): string | undefined => (path === undefined ? undefined : resolve(path));

/** `needsKey`: whether the command opens anything with it, or says itself when it is missing. */
export function toMaintenanceSettings(options: z.infer<typeof InstallationOptions>, needsKey = true) {
  const { data, database, databaseUrlFile, masterKey, masterKeyFile, kmsFile } = options;
  if (data === undefined && databaseUrlFile === undefined && database === undefined) {
    throw new Error("Say which control plane: --data DIR, or --database-url-file FILE when it is on PostgreSQL");
  }
  if (
    needsKey &&
    data === undefined &&
    masterKey === undefined &&
    masterKeyFile === undefined &&
    kmsFile === undefined
  ) {
    throw new Error(
      "Say where the master key is: --data DIR, --master-key-file FILE, --kms-file FILE or ARCFLEET_MASTER_KEY",
    );
  }
  return {
    dataDir: resolve(data ?? "."),
    database,
    databaseUrlFile: absolute(databaseUrlFile),
    masterKey,
    masterKeyFile: absolute(masterKeyFile),
    kmsFile: absolute(kmsFile),
  };
}
