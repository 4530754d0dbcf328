import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createLogger } from "@arcfleet/control-plane";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import pg from "pg";
import { openDatabase } from "../../control-plane/src/db/open-database.ts";
import { openWorld, resourceOf } from "../contract/world.ts";
import { type ArmCaller, armCaller } from "../support/arm-caller.ts";
import { type SpawnedControlPlane, spawnControlPlane } from "../support/control-plane.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";
import { arcfleet, runArcfleet, startArcfleet } from "../support/run-arcfleet.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";
import { serverVariable } from "../support/test-database.ts";
import { waitFor } from "../support/wait-for.ts";

const log = createLogger({ logLevel: "silent" });
// Which database is used is what these tests are about.
delete process.env[serverVariable];

let server: PostgresServer;
let folder: TempFolder;
beforeAll(async () => {
  server = await startPostgres();
  folder = await tempFolder("move");
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

let next = 0;
async function newDataDir(): Promise<string> {
  const path = join(folder.path, `${next++}-data`);
  await mkdir(path);
  return path;
}
async function newDatabase(): Promise<string> {
  const file = join(folder.path, `${next++}-database-url`);
  await writeFile(file, `${await server.createDatabase()}\n`, { mode: 0o600 });
  return file;
}

/** Nobody reads the table until the returned client ends. */
async function lockTable(urlFile: string, table: string): Promise<pg.Client> {
  const client = new pg.Client((await readFile(urlFile, "utf8")).trim());
  await client.connect();
  await client.query("begin");
  await client.query(`lock table ${table} in access exclusive mode`);
  return client;
}

interface Writers {
  /** Names that were acknowledged as written and not deleted afterwards, with the tag of the last acknowledged write. */
  readonly acknowledged: Map<string, string>;
  readonly deleted: Set<string>;
  /** Answers other than success, by status. */
  readonly refused: Map<number, number>;
  stop(): Promise<void>;
}

/** Those of a test that ran out of time, too: they would go on beside the next file of the same worker, and nothing would stop them. */
const atWork = new Set<Writers>();
afterEach(async () => {
  for (const writers of atWork) await writers.stop();
});

/** Writers at work: each makes groups, changes them, and deletes some. A refused write is repeated later, as clients do. */
function startWriters(arm: ArmCaller, count: number): Writers {
  const acknowledged = new Map<string, string>();
  const deleted = new Set<string>();
  const refused = new Map<number, number>();
  let isStopped = false;
  const subscription = `/subscriptions/${arm.connection.subscriptionId}`;
  const write = async (writer: number): Promise<void> => {
    for (let at = 0; !isStopped; at++) {
      const name = `w${writer}-${Math.floor(at / 2)}`;
      const url = `${subscription}/resourceGroups/${name}?api-version=2024-11-01`;
      const tag = String(at);
      const put = await arm
        .call(url, { method: "PUT", body: { location: "westeurope", tags: { tag } } })
        .catch(() => undefined);
      if (put !== undefined && put.status < 300) acknowledged.set(name, tag);
      else refused.set(put?.status ?? 0, (refused.get(put?.status ?? 0) ?? 0) + 1);
      // A process that is stopping has no time to name, and ends the connection instead.
      if (put?.status === 503 && put.headers.connection !== "close") {
        expect(put.headers["retry-after"]).toMatch(/^[15]$/);
      }
      // Also without an answer: a call that fails before it is sent lets nothing else happen when it is repeated at once.
      if (put === undefined || put.status === 503) await delay(50);
      if (at % 10 === 9 && put !== undefined && put.status < 300) {
        const gone = await arm.call(url, { method: "DELETE" }).catch(() => undefined);
        if (gone !== undefined && gone.status < 300) {
          acknowledged.delete(name);
          deleted.add(name);
        }
      }
    }
  };
  const all = Array.from({ length: count }, (_, index) => write(index));
  const writers: Writers = {
    acknowledged,
    deleted,
    refused,
    async stop() {
      isStopped = true;
      atWork.delete(writers);
      await Promise.all(all);
    },
  };
  atWork.add(writers);
  return writers;
}

async function allGroups(arm: ArmCaller): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let url: string | null | undefined =
    `/subscriptions/${arm.connection.subscriptionId}/resourcegroups?api-version=2024-11-01`;
  while (typeof url === "string") {
    const answer = await arm.call(url);
    const page = answer.json as {
      value: { name: string; tags?: { tag?: string }; properties: { provisioningState: string } }[];
      nextLink?: string | null;
    };
    for (const { name, tags, properties } of page.value)
      if (properties.provisioningState === "Succeeded") found.set(name, tags?.tag ?? "");
    url = page.nextLink;
  }
  return found;
}

/** Every acknowledged write is there, with what it said last. A write that was answered with an error may be there or not. */
function lostOf(writers: Writers, found: ReadonlyMap<string, string>): string[] {
  return [...writers.acknowledged].flatMap(([name, tag]) =>
    Number(found.get(name) ?? -1) >= Number(tag) ? [] : [name],
  );
}

async function restartOnPostgres(before: SpawnedControlPlane, url: string): Promise<SpawnedControlPlane> {
  await before.kill("SIGTERM");
  const { port } = new URL(before.connection.endpoint);
  return spawnControlPlane({ dataDir: before.dataDir, args: ["--port", port, "--database-url-file", url] });
}

test("moved under load: nothing acknowledged is lost, and users and clusters go on unknowing", async () => {
  const dataDir = await newDataDir();
  const before = await spawnControlPlane({ dataDir });
  const world = await openWorld(async () => before);
  const agent = await world.newCluster();
  const extension = `${agent.clusterId}/providers/Microsoft.KubernetesConfiguration/extensions/flux?api-version=2023-05-01`;
  const properties = { extensionType: "microsoft.flux", configurationProtectedSettings: { token: "s3cret" } };
  await world.arm.call(extension, { method: "PUT", body: { properties } });
  const caPem = await readFile(before.connection.caFile, "utf8");

  const writers = startWriters(world.arm, 8);
  await waitFor(() => writers.acknowledged.size > 100, { timeoutMs: 60_000, describe: "some writes before the move" });
  const url = await newDatabase();
  const output = await arcfleet("migrate-store", "--data", dataDir, "--to", url);
  expect(output).toMatch(/everything is in 127\.0\.0\.1:\d+\/test_\w+; writes were refused for [\d.]+ s until now/);
  expect(output).not.toContain("secret@");
  const refusedMs = Number(/refused for ([\d.]+) s/.exec(output)?.[1]) * 1000;
  expect(refusedMs).toBeLessThan(15_000);

  // The old one still answers reads, and refuses writes with a time to come back.
  expect((await world.arm.call(extension)).status).toBe(200);
  expect((await agent.heartbeat()).status).toBe(503);
  const after = await restartOnPostgres(before, url);
  await using _ = after;
  const acknowledgedBefore = writers.acknowledged.size;
  await waitFor(() => writers.acknowledged.size > acknowledgedBefore + 50, {
    timeoutMs: 60_000,
    describe: "writes after the move",
  });
  await writers.stop();
  expect([...writers.refused.keys()].filter((status) => ![0, 503].includes(status))).toEqual([]);

  expect(after.connection).toEqual(before.connection);
  expect(await readFile(after.connection.caFile, "utf8")).toBe(caPem);
  const arm = { ...world.arm, call: world.arm.call };
  const found = await allGroups(arm);
  expect(lostOf(writers, found)).toEqual([]);
  expect([...writers.deleted].filter((name) => found.has(name))).toEqual([]);
  expect((await agent.heartbeat()).status).toBe(200);
  const { items } = await agent.desired("extension");
  expect(items).toMatchObject([{ spec: { configurationProtectedSettings: { token: "s3cret" } } }]);
  await agent.settle();
  expect(resourceOf(await arm.call(extension)).properties.provisioningState).toBe("Succeeded");
  process.stderr.write(
    `moved with ${writers.acknowledged.size + writers.deleted.size} acknowledged writes, 0 lost; refused for ${refusedMs} ms\n`,
  );

  // The old database says where everything went, to whoever starts on it or moves it again.
  const started = await runArcfleet("serve", "--data", dataDir, "--port", "0");
  expect(started).toMatchObject({
    code: 1,
    output: expect.stringMatching(/The content of this database moved to 127\.0\.0\.1:\d+\/test_\w+/),
  });
  expect((await runArcfleet("migrate-store", "--data", dataDir, "--to", await newDatabase())).output).toMatch(
    /moved to .* already/,
  );
  expect((await runArcfleet("migrate-store", "--data", dataDir, "--abandon")).output).toMatch(
    /is finished; there is no way back/,
  );
}, 300_000);

test("killed at any time it goes on, and the control plane takes writes again by itself", async () => {
  const dataDir = await newDataDir();
  const before = await spawnControlPlane({ dataDir });
  const arm = await armCaller(before.connection);
  const writers = startWriters(arm, 4);
  await waitFor(() => writers.acknowledged.size > 100, { timeoutMs: 60_000, describe: "some writes before the move" });
  const url = await newDatabase();
  // After the capture began, in the middle of the copy, between the rounds, while writes are refused.
  for (const point of [/^resource_groups: /m, /rows that changed/, /writes are refused/]) {
    // Comparing both sides waits for this, so that the last of these moments is not over before the command is killed.
    const holder = point.test("writes are refused") ? await lockTable(url, "signing_keys") : undefined;
    const command = startArcfleet("migrate-store", "--data", dataDir, "--to", url);
    await waitFor(() => point.test(command.output()), {
      timeoutMs: 60_000,
      intervalMs: 1,
      describe: `the command says ${point}`,
    });
    command.kill("SIGKILL");
    await command.result;
    await holder?.end();
    expect(command.output()).not.toContain("everything is in");
    const sofar = writers.acknowledged.size;
    await waitFor(() => writers.acknowledged.size > sofar + 5, {
      timeoutMs: 60_000,
      describe: "writes go on after the kill",
    });
    // Whoever starts on the new one too early is sent away.
    await expect(
      openDatabase({ settings: { databaseUrlFile: url, databaseConnections: 4 }, dataDir, log }),
    ).rejects.toThrow(/is not complete: let that command finish, or run it again/);
  }
  await arcfleet("migrate-store", "--data", dataDir, "--to", url);
  await using after = await restartOnPostgres(before, url);
  await writers.stop();
  const found = await allGroups(await armCaller(after.connection));
  expect(lostOf(writers, found)).toEqual([]);
  expect([...writers.deleted].filter((name) => found.has(name))).toEqual([]);
}, 300_000);

test("a database that holds something else is refused; a move that was begun can be given up", async () => {
  const dataDir = await newDataDir();
  await using controlPlane = await spawnControlPlane({ dataDir });
  const arm = await armCaller(controlPlane.connection);
  const other = await newDatabase();
  const otherDir = await newDataDir();
  await using _ = await spawnControlPlane({ dataDir: otherDir, args: ["--database-url-file", other] });
  expect((await runArcfleet("migrate-store", "--data", dataDir, "--to", other)).output).toMatch(
    /The database is not empty/,
  );

  const command = startArcfleet("migrate-store", "--data", dataDir, "--to", await newDatabase());
  await waitFor(() => command.output().includes("rows copied"), {
    timeoutMs: 60_000,
    intervalMs: 1,
    describe: "it copies",
  });
  command.kill("SIGKILL");
  await command.result;
  expect(await arcfleet("migrate-store", "--data", dataDir, "--abandon")).toContain("goes on as before");
  const put = await arm.call(
    `/subscriptions/${arm.connection.subscriptionId}/resourceGroups/g?api-version=2024-11-01`,
    {
      method: "PUT",
      body: { location: "westeurope" },
    },
  );
  expect(put.status).toBe(201);
  expect((await runArcfleet("migrate-store", "--data", dataDir, "--abandon")).output).toMatch(/No move was begun/);
}, 300_000);
