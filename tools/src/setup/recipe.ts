import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../error-code.ts";
import { hostPlatform, nodePlatform, type Platform } from "./platform.ts";
import { goModuleFolder } from "./repository.ts";
import type { ToolDefinition } from "./tool.ts";

/** The platform a tool must be made for when it is needed on this machine. */
export function targetPlatform(tool: ToolDefinition): Platform {
  return tool.runsOn === "node" ? nodePlatform(hostPlatform()) : hostPlatform();
}

/**
 * A short text that changes whenever a fetched or built tool could come out differently: another version, another
 * checksum, other build flags, one changed line in its `go.sum`. It names the tool's place in the cache.
 */
export async function recipeKey(tool: ToolDefinition): Promise<string> {
  const platform = targetPlatform(tool);
  const hash = createHash("sha256");
  hash.update(JSON.stringify([tool.version, tool.release?.(platform), tool.go]));
  const folders = (tool.go?.builds ?? []).map(({ folder }) => goModuleFolder(folder));
  for (const file of folders.flatMap((folder) => ["go.mod", "go.sum", "main.go"].map((name) => join(folder, name)))) {
    hash.update(await readIfPresent(file));
  }
  return `${tool.version}-${platform.os}-${platform.arch}-${hash.digest("hex").slice(0, 12)}`;
}

async function readIfPresent(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return "";
    throw error;
  }
}
