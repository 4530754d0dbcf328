import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { SqlConnection } from "../../src/db/sql-connection.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";

const program = join(import.meta.dirname, "../support/write-until-full.ts");

// A limit to the size of its files is to a process what a full disk is to all of them, and needs no rights.
test("a full disk refuses writes with 503, loses nothing, and is forgotten once there is room again", async () => {
  await using folder = await tempFolder();
  const file = join(folder.path, "full.sqlite");
  const child = spawn("bash", ["-c", 'ulimit -S -f 3000; exec "$0" "$@"', process.execPath, program, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  const exited = once(child, "exit");
  try {
    await waitFor("a second refusal", async () => /^still ServiceUnavailable$/m.test(text), 60_000);
    await promisify(execFile)("prlimit", ["--pid", String(child.pid), "--fsize=unlimited"]);
    expect(await exited).toEqual([0, null]);
  } finally {
    child.kill("SIGKILL");
  }
  const [, acknowledged, present] = /^full ServiceUnavailable (\d+) (\d+)$/m.exec(text) ?? [];
  expect(Number(acknowledged)).toBeGreaterThan(10);
  expect(present).toBe(acknowledged);
  expect(text).toMatch(new RegExp(`^room ${Number(acknowledged) + 1} ${Number(acknowledged) + 1}$`, "m"));

  const connection = new SqlConnection(file, { readOnly: true });
  expect(connection.run("pragma integrity_check", []).rows).toEqual([{ integrity_check: "ok" }]);
  connection.close();
});
