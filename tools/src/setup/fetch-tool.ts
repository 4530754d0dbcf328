import { buildFromGo } from "./go-source.ts";
import { targetPlatform } from "./recipe.ts";
import { downloadRelease, UnreachableError } from "./release-source.ts";
import type { FoundTool, Log, ToolDefinition } from "./tool.ts";

/** What was learnt about the network: one host that cannot be reached stands for all of them. */
export interface Network {
  unreachable: boolean;
}

interface Fetching {
  readonly cache: string;
  readonly log: Log;
  readonly network: Network;
}

/** Puts a tool into the cache, from its vendor or else from its Go module; the caller holds the lock. */
export async function fetchTool(
  tool: ToolDefinition,
  fetching: Fetching,
): Promise<{ found: FoundTool } | { refused: string[] }> {
  const refused: string[] = [];
  for (const source of [fromVendor, fromGo]) {
    try {
      const found = await source(tool, fetching);
      if (found) return { found };
    } catch (error) {
      refused.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { refused };
}

async function fromVendor(tool: ToolDefinition, { cache, log, network }: Fetching): Promise<FoundTool | undefined> {
  const release = tool.release?.(targetPlatform(tool));
  if (!release || network.unreachable) return undefined;
  try {
    return await downloadRelease(cache, tool, release, log);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof UnreachableError) {
      network.unreachable = true;
      log(`no downloads in this run: ${reason}`);
    } else {
      log(`${tool.name} was not taken from its vendor: ${reason}`);
    }
    throw error;
  }
}

async function fromGo(tool: ToolDefinition, { cache, log }: Fetching): Promise<FoundTool | undefined> {
  return tool.go && buildFromGo(cache, tool, tool.go, log);
}
