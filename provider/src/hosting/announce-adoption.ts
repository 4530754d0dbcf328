import type { Hints } from "../lifecycle/context.ts";
import { openLog } from "./session.ts";

/** The engine knows of creating alone and shows that; this is said beside it, in a preview as well. */
export async function announceAdoption({ urn = "" }: Hints): Promise<void> {
  const log = await openLog();
  log(urn, "adopts what exists already: it is read and compared, and nothing is written", "info");
}
