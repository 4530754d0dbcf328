import { join } from "node:path";
import { ensureTools, type Log } from "../setup/index.ts";

/** The programs that the demo calls or tells the user to call. */
export interface ToolPaths {
  readonly helm: string;
  readonly kubectl: string;
  readonly git: string;
  readonly pulumi: string;
}

export async function toolPaths(log: Log): Promise<ToolPaths> {
  const found = await ensureTools(["helm", "kubectl", "git", "pulumi"], log);
  return { ...found, pulumi: join(found.pulumi, "pulumi") };
}
