import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import { errorCode } from "../error-code.ts";
import { fileSha256 } from "./file-digest.ts";
import { recipeKey } from "./recipe.ts";
import type { FoundTool, SourceName, ToolDefinition } from "./tool.ts";

// A tool lies in `<cache>/tools/<name>/<recipe>/`. The folder is filled under a temporary name and renamed when it is
// complete, so a killed set-up leaves nothing that looks like a tool; the record tells a damaged one from a whole one.
const RECORD_FILE = "tool.json";

const RecordSchema = z.object({
  name: z.string(),
  version: z.string(),
  source: z.enum(["vendor release", "Go module"]),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number(), sha256: z.string() })).min(1),
});

/** The place of a tool in the cache, whether it is there or not. */
async function toolFolder(cache: string, tool: ToolDefinition): Promise<string> {
  return join(cache, "tools", tool.name, await recipeKey(tool));
}

/** A tool that an earlier set-up left in the cache, if it is complete. */
export async function findInCache(cache: string, tool: ToolDefinition): Promise<FoundTool | undefined> {
  if (!tool.version) return undefined;
  const folder = await toolFolder(cache, tool);
  const record = await readRecord(join(folder, RECORD_FILE));
  if (!record) return undefined;
  for (const { path, sizeBytes } of record.files) {
    if ((await sizeOf(join(folder, path))) !== sizeBytes) return undefined;
  }
  return { name: tool.name, path: pathOf(folder, tool), version: record.version, source: "cache" };
}

/** Lets `fill` put the tool's files into an empty folder and makes that folder the cached tool in one step. */
export async function putInCache(
  cache: string,
  tool: ToolDefinition,
  source: Extract<SourceName, "vendor release" | "Go module">,
  fill: (folder: string) => Promise<void>,
): Promise<FoundTool> {
  const version = tool.version ?? "unknown";
  const temporary = join(cache, "tmp", `${tool.name}-${randomUUID()}`);
  await mkdir(temporary, { recursive: true });
  try {
    await fill(temporary);
    const files = await describeFiles(temporary);
    await writeFile(join(temporary, RECORD_FILE), JSON.stringify({ name: tool.name, version, source, files }, null, 2));
    const folder = await toolFolder(cache, tool);
    await mkdir(join(folder, ".."), { recursive: true });
    // Only a damaged tool can be in the way: whoever calls this holds the lock and found nothing usable.
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
    return { name: tool.name, path: pathOf(folder, tool), version, source };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Removes what set-ups that were killed left behind; the caller holds the lock. */
export async function removeLeftovers(cache: string): Promise<void> {
  await rm(join(cache, "tmp"), { recursive: true, force: true });
}

const pathOf = (folder: string, tool: ToolDefinition) => (tool.gives === "folder" ? folder : join(folder, tool.name));

async function describeFiles(folder: string) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.sort().map(async (path) => ({
      path: relative(folder, path),
      sizeBytes: (await stat(path)).size,
      sha256: await fileSha256(path),
    })),
  );
}

async function readRecord(file: string): Promise<z.infer<typeof RecordSchema> | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    return RecordSchema.parse(JSON.parse(text));
  } catch {
    // A record of another version of this program, or a damaged one: the tool is made again.
    return undefined;
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
