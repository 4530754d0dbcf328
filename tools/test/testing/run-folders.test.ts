import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { makeRunFolders, memoryVariable } from "../../src/testing/run-folders.ts";

test("the folders of a run are its temporary ones, other users may pass through, and all in them goes with them", async () => {
  const folders = await makeRunFolders();
  const made = Object.values(folders.env);
  try {
    expect(folders.env.TMPDIR).toMatch(/arcfleet-run-\w+$/);
    for (const folder of made) {
      expect(statSync(folder).mode & 0o777).toBe(0o711);
      writeFileSync(join(folder, "left"), "");
    }
    expect(await folders.list()).toEqual(made.map(() => "left"));
  } finally {
    await folders.remove();
  }
  expect(made.filter(existsSync)).toEqual([]);
});

test("a system without files in memory has the one on disk alone", async () => {
  const folders = await makeRunFolders({ memoryRoot: "/nowhere" });
  expect(folders.env).not.toHaveProperty(memoryVariable);
  await folders.remove();
});

test("one with files in memory and room has both", async () => {
  const root = mkdtempSync(join(tmpdir(), "arcfleet-memory-"));
  const folders = await makeRunFolders({ memoryRoot: root, roomBytes: 1 });
  expect(folders.env[memoryVariable]).toContain(root);
  await folders.remove();
  rmSync(root, { recursive: true });
});
