import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { findInCache, putInCache, removeLeftovers } from "../../src/setup/cached-tool.ts";
import type { ToolDefinition } from "../../src/setup/tool.ts";
import { temporaryFolders } from "./temporary-folder.ts";

const newFolder = temporaryFolders();

const tool: ToolDefinition = {
  name: "helm",
  neededTo: "try",
  byHand: "install it",
  gives: "program",
  runsOn: "host",
  version: "1.0.0",
};

const fill = async (folder: string) => writeFileSync(join(folder, "helm"), "the program");

describe("the cache of tools", () => {
  test("gives back what was put into it", async () => {
    const cache = newFolder();
    const put = await putInCache(cache, tool, "Go module", fill);
    expect(readFileSync(put.path, "utf8")).toBe("the program");
    expect(await findInCache(cache, tool)).toEqual({ ...put, source: "cache" });
  });

  test("does not know another version or another checksum of the same tool", async () => {
    const cache = newFolder();
    await putInCache(cache, tool, "Go module", fill);
    const release = () => ({ url: "https://example.com/helm", checksumUrl: "", sha256: "00" });
    expect(await findInCache(cache, { ...tool, version: "1.0.1" })).toBeUndefined();
    expect(await findInCache(cache, { ...tool, release })).toBeUndefined();
  });

  test("takes a truncated file for missing and replaces it", async () => {
    const cache = newFolder();
    const { path } = await putInCache(cache, tool, "Go module", fill);
    truncateSync(path, 3);
    expect(await findInCache(cache, tool)).toBeUndefined();
    await putInCache(cache, tool, "Go module", fill);
    expect(await findInCache(cache, tool)).toMatchObject({ path });
  });

  test("ignores a folder without its record, as a kill in the middle of copying would leave", async () => {
    const cache = newFolder();
    const { path } = await putInCache(cache, tool, "Go module", fill);
    writeFileSync(join(dirname(path), "tool.json"), '{"name": "he');
    expect(await findInCache(cache, tool)).toBeUndefined();
  });

  test("keeps nothing of a tool whose making failed", async () => {
    const cache = newFolder();
    const failing = putInCache(cache, tool, "Go module", async (folder) => {
      await fill(folder);
      throw new Error("the compiler was killed");
    });
    await expect(failing).rejects.toThrow("the compiler was killed");
    expect(await findInCache(cache, tool)).toBeUndefined();
    expect(readdirSync(join(cache, "tmp"))).toEqual([]);
  });

  test("removes what a killed set-up left", async () => {
    const cache = newFolder();
    await putInCache(cache, tool, "Go module", fill);
    writeFileSync(join(cache, "tmp", "half-a-tool"), "");
    await removeLeftovers(cache);
    expect(existsSync(join(cache, "tmp", "half-a-tool"))).toBe(false);
    expect(await findInCache(cache, tool)).toBeDefined();
  });
});
