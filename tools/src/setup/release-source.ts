import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract } from "tar";
import { putInCache } from "./cached-tool.ts";
import { withProgress } from "./progress.ts";
import type { FoundTool, Log, ReleaseFile, ToolDefinition } from "./tool.ts";

// Time to the first byte of an answer. Machines without internet mostly fail at name resolution, which is at once.
const ANSWER_TIMEOUT_MS = 5_000;
const STALL_TIMEOUT_MS = 60_000;
const MAX_CHECKSUM_FILE_BYTES = 1_000_000;

/** The vendor's server could not be reached at all: the same will happen to every other download of this run. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** Downloads a tool from its vendor. The file is only unpacked after its checksum was found right. */
export async function downloadRelease(
  cache: string,
  tool: ToolDefinition,
  release: ReleaseFile,
  log: Log,
): Promise<FoundTool> {
  const expected = release.sha256 ?? (await publishedSha256(release));
  return withProgress(log, `downloading ${tool.name} ${tool.version} from ${new URL(release.url).host}`, () =>
    putInCache(cache, tool, "vendor release", async (folder) => {
      const file = join(folder, ".download");
      const actual = await download(release.url, file);
      checkSha256(release.url, expected, actual);
      await unpack(tool, release, file, folder);
    }),
  );
}

/** Refuses a file whose content is not the one that was published. */
export function checkSha256(what: string, expected: string, actual: string): void {
  if (expected === actual) return;
  throw new Error(
    `${what} has the SHA-256 ${actual}, expected is ${expected}: it was changed on the way or at its source and is not used`,
  );
}

/** Finds the checksum of a file in a published list: either the bare sum, or lines of `<sum>  <file name>`. */
export function readSha256(list: string, fileName: string): string | undefined {
  const lines = list
    .split("\n")
    .map((line) => line.trim().split(/\s+\*?/))
    .filter(([sum]) => sum && /^[0-9a-f]{64}$/.test(sum));
  const [only] = lines;
  if (lines.length === 1 && only?.length === 1) return only[0];
  return lines.find(([, name]) => name && basename(name) === fileName)?.[0];
}

async function publishedSha256({ url, checksumUrl }: ReleaseFile): Promise<string> {
  const response = await request(checksumUrl);
  const text = await response.text();
  if (text.length > MAX_CHECKSUM_FILE_BYTES) throw new Error(`${checksumUrl} is not a list of checksums: too long`);
  const sum = readSha256(text, basename(new URL(url).pathname));
  if (!sum) throw new Error(`${checksumUrl} does not name ${basename(url)}, so the download cannot be verified`);
  return sum;
}

async function download(url: string, file: string): Promise<string> {
  const stalled = new AbortController();
  const response = await request(url, stalled.signal);
  if (!response.body) throw new Error(`${url} answered without a body`);
  const hash = createHash("sha256");
  let timer = setTimeout(() => {}, 0);
  const arm = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stalled.abort(new Error(`${url} sent nothing for a minute`)), STALL_TIMEOUT_MS);
  };
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      arm();
      hash.update(chunk);
      done(null, chunk);
    },
  });
  arm();
  try {
    await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(file));
  } finally {
    clearTimeout(timer);
  }
  return hash.digest("hex");
}

async function request(url: string, signal?: AbortSignal): Promise<Response> {
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(), ANSWER_TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.any([slow.signal, ...(signal ? [signal] : [])]) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new UnreachableError(`${new URL(url).host} cannot be reached (${cause})`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
  return response;
}

async function unpack(tool: ToolDefinition, release: ReleaseFile, file: string, folder: string): Promise<void> {
  if (release.stripFolders === undefined) {
    await rename(file, join(folder, tool.name));
  } else {
    await mkdir(folder, { recursive: true });
    await extract({ file, cwd: folder, strip: release.stripFolders });
    await rm(file);
  }
  if (tool.gives === "program") await chmod(join(folder, tool.name), 0o755);
}
