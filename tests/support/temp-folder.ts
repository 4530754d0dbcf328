import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of a test's own; `await using` removes it. */
export interface TempFolder extends AsyncDisposable {
  readonly path: string;
}

export async function tempFolder(name: string, below = tmpdir()): Promise<TempFolder> {
  const path = await mkdtemp(join(below, `arcfleet-${name}-`));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}
