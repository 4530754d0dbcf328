import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { quickFolder } from "../../../tests/support/quick-folder.ts";

export interface TempFolder extends AsyncDisposable {
  readonly path: string;
}

export async function tempFolder(): Promise<TempFolder> {
  const path = await mkdtemp(join(quickFolder(), "arcfleet-control-plane-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
