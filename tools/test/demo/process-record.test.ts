import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "@jest/globals";
import { isRunning, recordOf, stopProcess } from "../../src/demo/process-record.ts";

const program = "process.on('SIGTERM', () => {}); process.stdout.write('up'); setInterval(() => {}, 1000)";

async function stubborn() {
  const child = spawn(process.execPath, ["-e", program]);
  await once(child.stdout, "data");
  return { child, record: await recordOf(child.pid ?? 0), exited: once(child, "exit") };
}

test("a process is recognised by number and start time, and stopped even when it ignores the request", async () => {
  const { record, exited } = await stubborn();
  expect(await isRunning(record)).toBe(true);
  await stopProcess(record, 100);
  await exited;
  expect(await isRunning(record)).toBe(false);
});

test("another process that got the same number is left alone", async () => {
  const { child, record, exited } = await stubborn();
  await stopProcess({ ...record, startedAt: "1" }, 100);
  expect(await isRunning(record)).toBe(true);
  child.kill("SIGKILL");
  await exited;
});

test("stopping what is gone is no error", async () => {
  const { child, record, exited } = await stubborn();
  child.kill("SIGKILL");
  await exited;
  await expect(stopProcess(record, 100)).resolves.toBeUndefined();
});
