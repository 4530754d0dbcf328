import type { Hints } from "../lifecycle/context.ts";
import { openLog } from "./session.ts";

const adoption = "adopts what exists, and writes nothing";

/** Says what the engine's own words do not tell of a change (it knows of creating alone and shows that), in a preview as well. */
export async function announce({ urn = "", adopt }: Hints, notice: string | undefined): Promise<void> {
  const lines = [...(adopt ? [adoption] : []), ...(notice === undefined ? [] : [notice])];
  if (lines.length === 0) return;
  const log = await openLog();
  for (const line of lines) log(urn, line, "info");
}
