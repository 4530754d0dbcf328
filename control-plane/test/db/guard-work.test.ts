import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { guardWork } from "../../src/db/guard-work.ts";
import { openStore } from "../../src/db/open-store.ts";
import { tempFolder } from "../support/temp-folder.ts";

async function guarded() {
  const folder = await tempFolder();
  const store = guardWork(await openStore({ file: join(folder.path, "store.sqlite") }));
  return {
    store,
    async [Symbol.asyncDispose]() {
      await store.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const mistake = "The work of a write uses nothing of the store but its tx";

test("the work of a write is refused when it reads or writes beside its transaction", async () => {
  await using opened = await guarded();
  const { store } = opened;
  await expect(store.write(() => store.read.selectFrom("resources").select("key").execute())).rejects.toThrow(mistake);
  await expect(store.write(() => store.write(async () => 1))).rejects.toThrow(mistake);
  await expect(
    store.write(async () => store.writeStatement((db) => db.deleteFrom("resource_tags").execute())),
  ).rejects.toThrow(mistake);
  await expect(store.write((tx) => tx.selectFrom("resources").select("key").execute())).resolves.toEqual([]);
});

test("what work set off may use the store once the work is over", async () => {
  await using opened = await guarded();
  const { store } = opened;
  const go = Promise.withResolvers<void>();
  let later: Promise<unknown> = Promise.resolve();
  await store.write(async () => {
    later = go.promise.then(() => store.read.selectFrom("resources").select("key").execute());
  });
  go.resolve();
  await expect(later).resolves.toEqual([]);
});
