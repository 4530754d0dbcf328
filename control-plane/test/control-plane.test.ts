import { request } from "node:https";
import { describe, expect, test } from "@jest/globals";
import { startControlPlane } from "../src/control-plane.ts";
import { tempFolder } from "./support/temp-folder.ts";

const quiet = { logLevel: "silent" } as const;

describe("a control plane", () => {
  test("finds everything again when it is started on the same folder", async () => {
    await using folder = await tempFolder();
    const first = await startControlPlane({ dataDir: folder.path, ...quiet });
    const { services } = first;
    const group = `/subscriptions/${services.subscriptionId}/resourcegroups/g`;
    await services.store.write((tx) =>
      tx
        .insertInto("resource_groups")
        .values({
          key: group,
          id: group,
          name: "g",
          subscription_key: `/subscriptions/${services.subscriptionId}`,
          location: "local",
          tags: "{}",
          // As a process that was killed in the middle of a deletion leaves it.
          state: "Deleting",
          created_at: "",
        })
        .execute(),
    );
    await first.close();
    const second = await startControlPlane({ dataDir: folder.path, ...quiet });
    const { endpoint: _, authority: __, ...identity } = second.connection;
    expect(first.connection).toMatchObject(identity);
    // What was begun is finished.
    await second.services.store.write(async () => {});
    const deadline = Date.now() + 5000;
    const left = () => second.services.store.read.selectFrom("resource_groups").select("key").execute();
    while ((await left()).length > 0 && Date.now() < deadline) await second.services.store.write(async () => {});
    expect(await left()).toEqual([]);
    await second.close();
  });

  test("a port that is taken is named, and nothing is left running", async () => {
    await using folder = await tempFolder();
    await using other = await tempFolder();
    const running = await startControlPlane({ dataDir: folder.path, ...quiet });
    const port = Number(new URL(running.endpoint).port);
    await expect(startControlPlane({ dataDir: other.path, port, ...quiet })).rejects.toThrow(
      `Cannot listen on 127.0.0.1 port ${port}`,
    );
    await running.close();
  });

  test("wrong settings are all reported at once", async () => {
    await expect(startControlPlane({ dataDir: "", port: 70_000 })).rejects.toThrow(/dataDir.*port/s);
  });

  test("doubled slashes at the beginning of a path carry no meaning", async () => {
    await using folder = await tempFolder();
    const running = await startControlPlane({ dataDir: folder.path, ...quiet });
    const status = await new Promise((resolve, reject) => {
      const { port } = new URL(running.endpoint);
      const path = "//metadata/endpoints?api-version=2022-09-01";
      request({ host: "127.0.0.1", port, path, ca: running.services.pki.caPem, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(200);
    await running.close();
  });
});
