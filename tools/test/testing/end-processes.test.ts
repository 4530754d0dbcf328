import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { expect, test } from "@jest/globals";
import { endMarkedProcesses, endProcessGroup, runVariable } from "../../src/testing/end-processes.ts";

const idle = ["-e", "process.on('SIGTERM', () => {}); process.stdout.write('up'); setInterval(() => {}, 1000)"];

test("a process group that ignores the polite request is killed", async () => {
  const child = spawn(process.execPath, idle, { detached: true });
  await once(child.stdout, "data");
  const exited = once(child, "exit");
  await endProcessGroup(child.pid ?? 0, 100);
  expect(await exited).toEqual([null, "SIGKILL"]);
});

test("ending a group that is gone does nothing", async () => {
  const child = spawn(process.execPath, ["-e", ""], { detached: true });
  await once(child, "exit");
  await expect(endProcessGroup(child.pid ?? 0, 100)).resolves.toBeUndefined();
});

test("only processes that carry the run's own mark are killed", async () => {
  const [ours, others] = [randomUUID(), randomUUID()];
  const start = (run: string) => spawn(process.execPath, idle, { detached: true, env: { [runVariable]: run } });
  const [mine, foreign] = [start(ours), start(others)];
  await Promise.all([once(mine.stdout, "data"), once(foreign.stdout, "data")]);
  const exited = once(mine, "exit");
  const ended = await endMarkedProcesses(ours);
  await exited;
  expect(ended).toHaveLength(1);
  expect(foreign.exitCode).toBeNull();
  foreign.kill("SIGKILL");
  await once(foreign, "exit");
});
