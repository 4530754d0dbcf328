import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Progress } from "../../src/testing/progress.ts";
import { runSuite, type SuiteResult } from "../../src/testing/run-suite.ts";
import { createUnderWay } from "../../src/testing/under-way.ts";

/** A real Jest over two files: one that passes, and one under test. */
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "arcfleet-suite-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** @param isAtLimit asked at each progress whether the suite's time is over */
async function run(source: string, isAtLimit: (progress: Progress) => boolean = () => false): Promise<SuiteResult> {
  const folder = join(root, randomUUID());
  await mkdir(folder);
  const config = { displayName: "small", testEnvironment: "node", cacheDirectory: join(root, "cache") };
  await writeFile(join(folder, "jest.config.json"), JSON.stringify({ projects: [config] }));
  await writeFile(join(folder, "good.test.js"), 'test("is well", () => {});');
  await writeFile(join(folder, "odd.test.js"), source);
  const limit = new AbortController();
  return runSuite(
    { name: "small", question: "?", lane: "sources", jestArgs: ["--maxWorkers=2"], timeoutMs: 60_000 },
    {
      ...{ folder, root: folder, run: randomUUID(), patterns: [], underWay: createUnderWay() },
      signal: new AbortController().signal,
      limit: limit.signal,
      onProgress: (progress) => {
        if (isAtLimit(progress)) limit.abort();
      },
    },
  );
}

test("the counts of a suite that ends are those of its report", async () => {
  const result = await run('test("adds", () => expect(1 + 1).toBe(3));');
  expect(result).toMatchObject({ passed: 1, failed: 1, failures: ["adds"] });
});

test("a suite that is stopped at its limit says which test was under way, and the last it wrote", async () => {
  const result = await run(
    `test("says hello", () => void require("node:fs").writeSync(2, "hello from the test\\n"));
     test("never ends", () => new Promise(() => {}), 600_000);`,
    (progress) => progress.kind === "test began" && progress.name === "never ends",
  );
  expect(result.failures).toHaveLength(1);
  const [why] = result.failures;
  expect(why).toMatch(/^no end after 1 min 0 s, stopped\nwhat it was at:\n/);
  expect(why).toMatch(/odd\.test\.js \(for \d+ s, \d ended\): .*"never ends" for \d+ s/);
  expect(why).toContain("hello from the test");
});

test("a suite that hangs before its first test says so, also when it lets nothing else happen", async () => {
  const result = await run("for (;;) {}", ({ kind, file }) => kind === "file began" && file.endsWith("odd.test.js"));
  expect(result.failures.join()).toMatch(
    /odd\.test\.js \(for \d+ s, 0 ended\): in no test \(imports, set-up or tear-down\)/,
  );
});

test("a suite whose Jest dies says how, and what it was at", async () => {
  // That the test began may still be on its way to Jest when Jest dies; the file is known.
  const result = await run('test("ends everything", () => process.kill(process.ppid, "SIGKILL"));');
  expect(result.failures.join()).toMatch(/Jest wrote no report \(killed by SIGKILL\)\nwhat it was at:\n/);
  expect(result.failures.join()).toMatch(/odd\.test\.js \(for \d+ s/);
});
