import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { backup, restore } from "@arcfleet/control-plane/maintenance";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { describeError } from "../../cli/src/describe-error.ts";
import { openWorld, resourceOf, type World } from "../contract/world.ts";
import { armCaller } from "../support/arm-caller.ts";
import { spawnControlPlane } from "../support/control-plane.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";
import { arcfleet, runArcfleet } from "../support/run-arcfleet.ts";
import type { SimulatedAgent } from "../support/simulated-agent.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";
import { serverVariable } from "../support/test-database.ts";

// Which database is used is what these tests are about.
delete process.env[serverVariable];

let server: PostgresServer;
let folder: TempFolder;
beforeAll(async () => {
  server = await startPostgres();
  folder = await tempFolder("backup");
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

let next = 0;
const newPath = (name: string): string => join(folder.path, `${next++}-${name}`);
async function newDatabase(): Promise<string> {
  const file = newPath("database-url");
  await writeFile(file, `${await server.createDatabase()}\n`, { mode: 0o600 });
  return file;
}

interface Filled {
  readonly world: World;
  readonly agent: SimulatedAgent;
  readonly extension: string;
  readonly dataDir: string;
}

/** A control plane with a connected cluster that has an extension with a secret. */
async function fill(world: World, dataDir: string): Promise<Filled> {
  const agent = await world.newCluster();
  const extension = `${agent.clusterId}/providers/Microsoft.KubernetesConfiguration/extensions/flux?api-version=2023-05-01`;
  const properties = { extensionType: "microsoft.flux", configurationProtectedSettings: { token: "s3cret ☃ ' \\ \n" } };
  const put = await world.arm.call(extension, { method: "PUT", body: { properties } });
  expect(put.status).toBe(201);
  return { world, agent, extension, dataDir };
}

/** The restored control plane is the same for its users: its Owner's secret, and the cluster with its token, CA and secrets. */
async function expectSame(filled: Filled, dataDir: string, args: readonly string[] = []): Promise<void> {
  const { connection } = filled.world.arm;
  const port = new URL(connection.endpoint).port;
  await using restored = await spawnControlPlane({ dataDir, args: [...args, "--port", port] });
  expect(restored.connection.clientSecret).toBe(connection.clientSecret);
  expect(await readFile(join(dataDir, "ca.pem"), "utf8")).toBe(await readFile(connection.caFile, "utf8"));
  const arm = await armCaller(restored.connection);
  expect(resourceOf(await arm.call(filled.extension)).properties.provisioningState).toBe("Creating");
  // The agent knows of nothing: same address, same CA, same token.
  const { items } = await filled.agent.desired("extension");
  expect(items).toMatchObject([{ spec: { configurationProtectedSettings: { token: "s3cret ☃ ' \\ \n" } } }]);
  await filled.agent.settle();
  expect(resourceOf(await arm.call(filled.extension)).properties.provisioningState).toBe("Succeeded");
}

test("from the data folder to PostgreSQL and back, each time the same for users and clusters", async () => {
  const dataDir = newPath("data");
  await mkdir(dataDir);
  const controlPlane = await spawnControlPlane({ dataDir });
  const filled = await fill(await openWorld(async () => controlPlane), dataDir);
  const out = newPath("one.gz");
  expect(await arcfleet("backup", "--data", dataDir, "--out", out)).toMatch(
    /holds \d+ rows of \d+ tables\nits secrets open with file:/,
  );
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  const text = gunzipSync(await readFile(out)).toString();
  const masterKey = JSON.parse(await readFile(join(dataDir, "master.key"), "utf8"))[0].key;
  for (const secret of ["s3cret", controlPlane.connection.clientSecret, "PRIVATE KEY", masterKey])
    expect(text).not.toContain(secret);
  await controlPlane.kill("SIGTERM");

  const onPostgres = newPath("data");
  const url = await newDatabase();
  const restore = ["restore", "--from", out, "--data", onPostgres, "--database-url-file", url];
  expect((await runArcfleet(...restore)).output).toMatch(/master\.key is missing/);
  await mkdir(onPostgres);
  await copyFile(join(dataDir, "master.key"), join(onPostgres, "master.key"));
  const { endpoint } = controlPlane.connection;
  expect(await arcfleet(...restore)).toContain(
    `clusters look for it at ${endpoint}: start it with --port ${new URL(endpoint).port}`,
  );
  await expectSame(filled, onPostgres, ["--database-url-file", url]);

  const two = newPath("two.gz");
  await arcfleet("backup", "--data", onPostgres, "--database-url-file", url, "--out", two, "--include-keys");
  const back = newPath("data");
  expect(await arcfleet("restore", "--from", two, "--data", back)).toContain(
    `the master keys of the backup are in ${back}/master.key`,
  );
  const again = newPath("three.gz");
  await arcfleet("backup", "--data", back, "--out", again);
  const rowsOf = async (file: string) =>
    gunzipSync(await readFile(file))
      .toString()
      .split("\n")
      .filter((line) => line.startsWith("["));
  expect(await rowsOf(again)).toEqual(await rowsOf(two));
}, 240_000);

describe("a backup", () => {
  let dataDir: string;
  let out: string;
  beforeAll(async () => {
    dataDir = newPath("data");
    await mkdir(dataDir);
    await using controlPlane = await spawnControlPlane({ dataDir });
    await fill(await openWorld(async () => controlPlane), dataDir);
    out = newPath("backup.gz");
    await backup({ installation: { dataDir }, out, includeKeys: true });
  });

  const into = (dataDir: string) => ({ installation: { dataDir }, filesTo: dataDir });

  test("replaces no file, and is made of a control plane only", async () => {
    const make = (from: string, to: string) => backup({ installation: { dataDir: from }, out: to, includeKeys: false });
    await expect(make(dataDir, out)).rejects.toThrow(/exists: a backup never replaces a file/);
    await expect(make(newPath("none"), newPath("x"))).rejects.toThrow(/There is no control plane in /);
    const { code, output } = await runArcfleet("backup", "--out", newPath("x"));
    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(/^arcfleet: Say which control plane/) });
  });

  test("that was cut off, changed or is none is refused, and leaves nothing", async () => {
    const damaged = newPath("damaged.gz");
    const folderOfIt = newPath("data");
    const fails = async (why: RegExp): Promise<void> => {
      const error: unknown = await restore({ from: damaged, ...into(folderOfIt) }).catch((reason: unknown) => reason);
      expect(describeError(error)).toMatch(why);
    };
    await copyFile(out, damaged);
    await truncate(damaged, (await stat(out)).size - 100);
    await fails(/was changed or is not complete: .*unexpected end of file/);
    const text = gunzipSync(await readFile(out)).toString();
    await writeFile(damaged, gzipSync(text.replace('"westeurope"', '"easteurope"')));
    await fails(/was changed or is not complete: .*its check sum does not fit/);
    await writeFile(damaged, gzipSync(text.slice(0, text.lastIndexOf('{"end"'))));
    await fails(/its end is missing/);
    await writeFile(damaged, "hello");
    await fails(/cannot be read, was changed or is not complete/);
    await expect(stat(join(folderOfIt, "control-plane.sqlite"))).rejects.toThrow(/ENOENT/);
  });

  test("goes into an empty store only", async () => {
    await expect(restore({ from: out, ...into(dataDir) })).rejects.toThrow(/restored into an empty data folder only/);
    const toPostgres = async (databaseUrlFile: string, dataDir: string) =>
      restore({ from: out, installation: { dataDir, databaseUrlFile }, filesTo: dataDir });
    const url = await newDatabase();
    await toPostgres(url, newPath("data"));
    await expect(toPostgres(url, newPath("data"))).rejects.toThrow(/The database is not empty/);
  });

  test("of a newer version is refused by its migration, and so is one that does not fit its own", async () => {
    const text = gunzipSync(await readFile(out)).toString();
    const [head = ""] = text.split("\n");
    const other = async (migrations: (numbers: number[]) => number[]): Promise<string> => {
      const header = JSON.parse(head);
      const lines = text.trim().split("\n").slice(1, -1);
      const body = `${[JSON.stringify({ ...header, migrations: migrations(header.migrations) }), ...lines].join("\n")}\n`;
      const end = { end: true, lines: lines.length + 1, sha256: createHash("sha256").update(body).digest("hex") };
      const path = newPath("other.gz");
      await writeFile(path, gzipSync(`${body}${JSON.stringify(end)}\n`));
      return path;
    };
    const newer = await other((all) => [...all, 9999]);
    await expect(restore({ from: newer, ...into(newPath("data")) })).rejects.toThrow(
      /made by a newer version \(migration 9999\)/,
    );
    const foreign = await other((all) => all.filter((number) => number !== 7));
    await expect(restore({ from: foreign, ...into(newPath("data")) })).rejects.toThrow(
      /which its own migrations do not make/,
    );
  });

  test("is whole although writers are at work", async () => {
    await using controlPlane = await spawnControlPlane({ dataDir });
    const arm = await armCaller(controlPlane.connection);
    const subscription = `/subscriptions/${controlPlane.connection.subscriptionId}`;
    let isDone = false;
    const put = (name: string) =>
      arm.call(`${subscription}/resourceGroups/${name}?api-version=2024-11-01`, {
        method: "PUT",
        body: { location: "westeurope" },
      });
    // The second of each pair is there only if the first is.
    const writing = (async () => {
      for (let at = 0; !isDone; at++) {
        await put(`first-${at}`);
        await put(`second-${at}`);
      }
    })();
    const during = newPath("during.gz");
    await backup({ installation: { dataDir }, out: during, includeKeys: true });
    isDone = true;
    await writing;
    const restoredTo = newPath("data");
    await restore({ from: during, ...into(restoredTo) });
    await using restored = await spawnControlPlane({ dataDir: restoredTo });
    const caller = await armCaller(restored.connection);
    const listed = await caller.call(`${subscription}/resourcegroups?api-version=2024-11-01`);
    const names = new Set((listed.json as { value: { name: string }[] }).value.map(({ name }) => name));
    const torn = [...names].filter((name) => name.startsWith("second-") && !names.has(name.replace("second", "first")));
    expect(torn).toEqual([]);
  });
});
