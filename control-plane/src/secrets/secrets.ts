import { envelope, type Secrets } from "./envelope.ts";
import { openMasterKeys } from "./master-key.ts";

export type { Secrets };

/** Seals and opens with the master key kept in `path`; the first start makes it. */
export const openSecrets = async (path: string): Promise<Secrets> => envelope(await openMasterKeys(path));
