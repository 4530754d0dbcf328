import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "@jest/globals";
import { withMachineLock } from "../../src/lab/machine-lock.ts";

const name = `test-${process.pid}`;

test("two holders of one lock never work at the same time", async () => {
  let working = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++working);
    await new Promise((resolve) => setTimeout(resolve, 20));
    working--;
  };
  let waited = 0;
  const lock = { name, onWait: () => void waited++ };
  await Promise.all([withMachineLock(lock, work), withMachineLock(lock, work), withMachineLock(lock, work)]);
  expect(most).toBe(1);
  expect(waited).toBe(2);
});

test("a holder that was killed leaves no lock behind", async () => {
  const program = `require("net").createServer().listen({ path: "\\0arcfleet-${name}-killed" }, () => console.log("held"))`;
  const holder = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  let waited = false;
  const taken = withMachineLock(
    {
      name: `${name}-killed`,
      onWait: () => {
        waited = true;
        holder.kill("SIGKILL");
      },
    },
    async () => "taken",
  );
  expect(await taken).toBe("taken");
  expect(waited).toBe(true);
});

test("waiting for a lock ends with the signal", async () => {
  const interrupt = new AbortController();
  await withMachineLock({ name: `${name}-abort`, onWait: () => undefined }, async () => {
    const second = withMachineLock(
      { name: `${name}-abort`, onWait: () => interrupt.abort(), signal: interrupt.signal },
      async () => undefined,
    );
    await expect(second).rejects.toThrow("abort");
  });
});
