/**
 * A process that writes resource groups as fast as it can, sixteen at a time, and prints each key once the write was acknowledged.
 * It is made to be killed.
 */
import { writeSync } from "node:fs";
import { openStore } from "../../src/db/open-store.ts";

const [, , file = "", prefix = ""] = process.argv;
const store = await openStore({ file });
let next = 0;

async function writeOn(): Promise<void> {
  for (;;) {
    const key = `${prefix}-${next++}`;
    await store.write((tx) =>
      tx
        .insertInto("resource_groups")
        .values({
          key,
          id: key,
          name: key,
          subscription_key: "s",
          location: "l",
          tags: "{}",
          state: "Succeeded",
          created_at: "",
        })
        .execute(),
    );
    // Synchronously: what was printed was acknowledged, whenever the kill comes.
    writeSync(1, `${key}\n`);
  }
}

await Promise.all(Array.from({ length: 16 }, writeOn));
