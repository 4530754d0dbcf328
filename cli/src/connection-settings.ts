import { resolve } from "node:path";
import { readSettings } from "@arcfleet/provider/inventory";

/** Where the control plane is and who we are to it: as the provider finds it, or as the given file says. */
export const settingsFor = ({ connection }: { readonly connection?: string | undefined }) =>
  readSettings(process.env, connection === undefined ? {} : { connection: resolve(connection) });
