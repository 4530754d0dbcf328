/**
 * A process that writes until its disk is full, says so, and goes on when it is told that there is room again. What it prints: `full` with
 * the code of the error, then each further refusal, then `room` with the number of groups that are there.
 */
import { setTimeout as delay } from "node:timers/promises";
import { openStore } from "../../src/db/open-store.ts";
import { DomainError } from "../../src/errors.ts";

const [, , file = ""] = process.argv;
const store = await openStore({ file });
let acknowledged = 0;

const write = (): Promise<void> =>
  store
    .write(async (tx) => {
      const key = `k${acknowledged}`;
      const group = { key, id: key, name: key, subscription_key: "s", location: "l", tags: "x".repeat(4000) };
      await tx
        .insertInto("resource_groups")
        .values({ ...group, state: "Succeeded", created_at: "" })
        .execute();
    })
    .then(() => {
      acknowledged += 1;
    });
const codeOf = (error: unknown): string => (error instanceof DomainError ? error.code : String(error));
const count = async (): Promise<number> =>
  (await store.read.selectFrom("resource_groups").select("key").execute()).length;

let refusal: unknown;
while (refusal === undefined) {
  await write().catch((error: unknown) => {
    refusal = error;
  });
}
process.stdout.write(`full ${codeOf(refusal)} ${acknowledged} ${await count()}\n`);
for (;;) {
  await delay(50);
  try {
    await write();
    break;
  } catch (error) {
    process.stdout.write(`still ${codeOf(error)}\n`);
  }
}
process.stdout.write(`room ${acknowledged} ${await count()}\n`);
await store.close();
