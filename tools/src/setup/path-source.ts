import { access, constants, realpath } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import type { FolderSource, FoundTool, PathSource, ToolDefinition } from "./tool.ts";
import { isAccepted, readVersion } from "./tool-version.ts";

const ASK_VERSION_TIMEOUT_MS = 10_000;
// Root's tools, which the PATH of `su` or of a desktop session often lacks.
const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** What the machine already has; a reason when there is something but it cannot be used. */
export type PathAnswer = { readonly found: FoundTool } | { readonly refused: string } | undefined;

/** Looks for a tool on PATH (or in the folders its distributions use) at an accepted version. */
export async function findOnPath(tool: ToolDefinition, path = process.env.PATH ?? ""): Promise<PathAnswer> {
  if (tool.folder) return findFolder(tool, tool.folder);
  if (!tool.path) return undefined;
  const folders = [...path.split(delimiter).filter(Boolean), ...SYSTEM_FOLDERS];
  for (const folder of folders) {
    const program = join(folder, tool.path.command);
    if (await isExecutable(program)) return judge(tool, tool.path, program);
  }
  return undefined;
}

async function judge(tool: ToolDefinition, source: PathSource, program: string): Promise<PathAnswer> {
  // The file that a link points to: a tool that consists of several files has the others beside that one.
  const folder = dirname(await realpath(program));
  for (const name of source.beside ?? []) {
    if (!(await isExecutable(join(folder, name)))) return { refused: `${program} has no ${name} beside it` };
  }
  const answer = await execa(program, source.versionArgs, {
    reject: false,
    all: true,
    timeout: ASK_VERSION_TIMEOUT_MS,
  });
  if (answer.exitCode !== 0) return { refused: `${program} ${source.versionArgs.join(" ")} failed: ${answer.all}` };
  const version = readVersion(answer.all);
  if (!version) return { refused: `${program} does not tell its version` };
  if (!isAccepted(version, source.accepted)) {
    const { atLeast, below } = source.accepted;
    return { refused: `${program} is ${version}, accepted is ${atLeast} up to but not including ${below}` };
  }
  const path = tool.gives === "folder" ? folder : program;
  return { found: { name: tool.name, path, version, source: "PATH" } };
}

async function findFolder(tool: ToolDefinition, { candidates, mustHold }: FolderSource): Promise<PathAnswer> {
  for (const folder of candidates) {
    const present = await Promise.all(mustHold.map((name) => isExecutable(join(folder, name))));
    if (present.every(Boolean)) {
      return { found: { name: tool.name, path: folder, version: "of the distribution", source: "PATH" } };
    }
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    // Any reason (absent, not ours to run) means the same here: look in the next folder.
    return false;
  }
}
