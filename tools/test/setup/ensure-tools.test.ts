import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { putInCache } from "../../src/setup/cached-tool.ts";
import { ensureTools } from "../../src/setup/ensure-tools.ts";
import { withSetUpLock } from "../../src/setup/set-up-lock.ts";
import { toolDefinition } from "../../src/setup/tool-table.ts";
import { temporaryFolders } from "./temporary-folder.ts";

const newFolder = temporaryFolders();
const before = { ...process.env };
let cache = "";
let bin = "";

beforeEach(() => {
  cache = newFolder();
  bin = newFolder();
  process.env.ARCFLEET_CACHE = cache;
  process.env.PATH = bin;
});

afterEach(() => {
  process.env = { ...before };
});

function addHelm(version: string): string {
  const file = join(bin, "helm");
  writeFileSync(file, `#!/bin/sh\necho ${version}\n`);
  chmodSync(file, 0o755);
  return file;
}

const addHelmToCache = () =>
  putInCache(cache, toolDefinition("helm"), "Go module", async (folder) => writeFileSync(join(folder, "helm"), "x"));

describe("ensureTools", () => {
  test("takes what is on PATH before what is in the cache, and says so", async () => {
    const onPath = addHelm("v3.18.0");
    await addHelmToCache();
    const lines: string[] = [];
    expect(await ensureTools(["helm"], (line) => lines.push(line))).toEqual({ helm: onPath });
    expect(lines).toEqual([`helm 3.18.0 from PATH: ${onPath}`]);
  });

  test("takes the cached tool when the one on PATH is too new", async () => {
    addHelm("v4.0.0");
    const { path } = await addHelmToCache();
    expect(await ensureTools(["helm"], () => {})).toEqual({ helm: path });
  });

  test("says what a tool is needed for, how to get it and why it was not found", async () => {
    writeFileSync(join(bin, "kind"), "#!/bin/sh\necho kind v0.9.0\n");
    chmodSync(join(bin, "kind"), 0o755);
    await expect(ensureTools(["kind"], () => {})).rejects.toThrow(
      /^kind is needed to run local clusters in Docker: install kind 0.20 or newer \(.*kind is 0.9.0, accepted is 0.20.0/,
    );
  });
});

describe("withSetUpLock", () => {
  test("lets the second set-up wait for the first", async () => {
    const events: string[] = [];
    let finishFirst = () => {};
    const first = withSetUpLock(
      cache,
      () => {},
      async () => {
        events.push("first begins");
        await new Promise<void>((resolve) => {
          finishFirst = resolve;
        });
        events.push("first ends");
      },
    );
    await until(() => events.includes("first begins"));
    let waits = false;
    const second = withSetUpLock(
      cache,
      () => {
        waits = true;
      },
      async () => {
        events.push("second begins");
      },
    );
    await until(() => waits);
    finishFirst();
    await Promise.all([first, second]);
    expect(events).toEqual(["first begins", "first ends", "second begins"]);
  });
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within 10 s: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
