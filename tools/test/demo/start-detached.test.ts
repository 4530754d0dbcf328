import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type ProcessRecord, stopProcess } from "../../src/demo/process-record.ts";
import { startDetached } from "../../src/demo/start-detached.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "detached-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const program = (code: string, isReady: () => Promise<boolean>, started: ProcessRecord[] = []) => ({
  title: "the thing",
  args: ["-e", code],
  logFile: join(folder, "thing.log"),
  cwd: folder,
  timeoutMs: 5_000,
  isReady,
  onStarted: async (record: ProcessRecord) => {
    started.push(record);
  },
});

test("a program that ends before it is ready is an error with the end of its log", async () => {
  const starting = startDetached(
    program("setTimeout(() => { throw new Error('no port left') }, 300)", async () => false),
  );
  await expect(starting).rejects.toThrow(/the thing: it ended before it was ready[\s\S]*no port left/);
});

test("a program that is ready is recorded first and goes on", async () => {
  const started: ProcessRecord[] = [];
  const record = await startDetached(program("setInterval(() => {}, 1000)", async () => started.length === 1, started));
  expect(started).toEqual([record]);
  await stopProcess(record, 1_000);
});
