import { afterAll, beforeAll, test } from "@jest/globals";
import { openPostgresStore } from "../../control-plane/src/db/postgres/open-postgres-store.ts";
import type { Store } from "../../control-plane/src/db/store.ts";
import { createGenerations } from "../../control-plane/src/desired/generation.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";
import { waitFor } from "../support/wait-for.ts";

let server: PostgresServer;
let store: Store;
beforeAll(async () => {
  server = await startPostgres();
  store = await openPostgresStore({ url: await server.createDatabase() });
});
afterAll(async () => {
  await store?.close();
  await server?.[Symbol.asyncDispose]();
});

test("where messages do not arrive, subscribers hear by looking, within seconds", async () => {
  const key = "/cluster";
  // The status alone is enough here; its resource is not looked at.
  await store.write(async (tx) => {
    const group = { key: "/g", id: "/g", name: "g", subscription_key: "/s", location: "l", tags: "{}" };
    await tx
      .insertInto("resource_groups")
      .values({ ...group, state: "Succeeded", created_at: "" })
      .execute();
    const made = {
      created_at: "",
      created_by: "",
      created_by_type: "",
      modified_at: "",
      modified_by: "",
      modified_by_type: "",
    };
    const empty = { parent_key: null, location: null, resolved: null, secrets: null, principal_id: null };
    const content = {
      tags: "{}",
      properties: "{}",
      output: "{}",
      state: "Succeeded",
      etag: "",
      generation: 0,
      correlation_id: "",
    };
    const named = { key, id: key, name: "c", type: "t", subscription_key: "/s", group_key: "/g" };
    await tx
      .insertInto("resources")
      .values({ ...named, ...empty, ...content, ...made })
      .execute();
    await tx.insertInto("cluster_status").values({ cluster_key: key, generation: 1 }).execute();
  });
  const deaf: Store = { ...store, messages: { isConnected: () => false, send: () => {}, listen: () => () => {} } };
  const generations = createGenerations(deaf);
  const heard: number[] = [];
  generations.subscribe(key, (generation) => heard.push(generation));
  await store.write((tx) => tx.updateTable("cluster_status").set({ generation: 7 }).execute());
  await waitFor(() => heard.includes(7), { timeoutMs: 60_000, describe: "the subscriber heard" });
  await generations.close();
});
