/** Rotates the keys of the data folder in `argv[2]`, one value at a time, and says so: to be killed in the middle. */
import { setTimeout as delay } from "node:timers/promises";
import { openMaintenance, rotateKeys } from "../../src/maintenance/index.ts";

const open = await openMaintenance({ dataDir: process.argv[2] ?? "" });
const { store, clock, secrets } = open;
const slow: typeof store = {
  ...store,
  async write(work) {
    const result = await store.write(work);
    process.stdout.write("written\n");
    await delay(30);
    return result;
  },
};
await rotateKeys({ store: slow, ring: secrets.ring, clock, overlapMs: 0, onProgress: () => {} });
await open[Symbol.asyncDispose]();
