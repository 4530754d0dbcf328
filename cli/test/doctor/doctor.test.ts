import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { runCommand } from "../support/run-command.ts";
import { type Served, serve } from "../support/served.ts";

let folder: string;
let dataDir: string;
let served: Served;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "arcfleet-doctor-"));
  dataDir = join(folder, "data");
  served = await serve(dataDir);
});
afterAll(async () => {
  await served.end("SIGTERM");
  await rm(folder, { recursive: true, force: true });
});

const Findings = z.array(
  z.object({
    check: z.string(),
    status: z.enum(["ok", "warn", "fail"]),
    found: z.string(),
    fix: z.string().optional(),
  }),
);

const arcfleet = (...args: string[]) => runCommand(["doctor", ...args]);

/** What is not ok, by check; each of it must say what to do, and nothing may tell a secret. */
async function troubles(...args: string[]): Promise<{ code: number; found: Record<string, string> }> {
  const { code, out, err } = await arcfleet(...args, "--json");
  const wrong = Findings.parse(JSON.parse(out)).filter(({ status }) => status !== "ok");
  for (const { fix } of wrong) expect(fix).toBeTruthy();
  expect(out + err).not.toContain(served.connection.clientSecret);
  return { code, found: Object.fromEntries(wrong.map(({ check, status, found }) => [check, `${status}: ${found}`])) };
}

/** A connection.json with something else in it. */
async function connectionWith(changes: object): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.json`);
  await writeFile(file, JSON.stringify({ ...served.connection, ...changes }), { mode: 0o600 });
  return file;
}

/** A data folder with a copy of the database and the key, for breaking. */
async function copyOfData(): Promise<string> {
  const copy = await mkdtemp(join(folder, "copy-"));
  new DatabaseSync(join(dataDir, "control-plane.sqlite")).exec(`vacuum into '${join(copy, "control-plane.sqlite")}'`);
  await copyFile(join(dataDir, "master.key"), join(copy, "master.key"));
  return copy;
}

describe("arcfleet doctor", () => {
  test("finds nothing wrong with a control plane that runs, from its machine and from a client", async () => {
    const here = await arcfleet("--data", dataDir);
    expect(here.out).not.toMatch(/^fail/m);
    for (const name of [
      "Node",
      "disk",
      "database",
      "schema",
      "master key",
      "certificate",
      "token",
      "charts",
      "metrics",
    ])
      expect(here.out).toMatch(new RegExp(`^(ok|warn) +${name}: `, "m"));
    expect(here.code).toBe(0);
    expect(await troubles("--connection", join(dataDir, "connection.json"))).toEqual({ code: 0, found: {} });
  });

  test("names a wrong secret, and what the server says of it", async () => {
    const { code, found } = await troubles("--connection", await connectionWith({ clientSecret: "wrong" }));
    expect(code).toBe(1);
    expect(found).toEqual({ token: expect.stringContaining("AADSTS7000215") });
  });

  test("names a port where nobody listens, and asks nothing more", async () => {
    const { code, found } = await troubles("--connection", await connectionWith({ endpoint: "https://127.0.0.1:1" }));
    expect({ code, found }).toEqual({ code: 1, found: { port: expect.stringContaining("ECONNREFUSED") } });
  });

  test("names a CA that is not there, and one that is not the server's", async () => {
    const missing = await troubles("--connection", await connectionWith({ caFile: join(folder, "none.pem") }));
    expect(missing.found).toEqual({ CA: expect.stringContaining("ENOENT") });
    const foreign = join(folder, "foreign.pem");
    await writeFile(foreign, "");
    const { code, found } = await troubles("--connection", await connectionWith({ caFile: foreign }));
    expect({ code, found }).toEqual({ code: 1, found: { certificate: expect.stringMatching(/certificate/) } });
  });

  test("names an authority that is not what the server calls itself", async () => {
    const { port } = new URL(served.connection.endpoint);
    const { found } = await troubles("--connection", await connectionWith({ authority: `https://localhost:${port}` }));
    expect(found.issuer).toMatch(/^fail: it is https:\/\/127\.0\.0\.1/);
  });

  test("names a connection that others may read, and one that is none", async () => {
    const open = await connectionWith({});
    await chmod(open, 0o644);
    expect(await troubles("--connection", open)).toEqual({
      code: 0,
      found: { connection: expect.stringMatching(/^warn: others may read/) },
    });
    await writeFile(open, "{");
    expect((await troubles("--connection", open)).code).toBe(1);
  });

  test("names a missing database, a folder for everybody, a lost master key and a wrong one", async () => {
    const empty = join(folder, "empty");
    await mkdir(empty, { mode: 0o755 });
    await chmod(empty, 0o755);
    const none = await troubles("--data", empty);
    expect(none.code).toBe(1);
    expect(none.found).toMatchObject({
      "data folder": expect.stringMatching(/^warn: others may look/),
      database: expect.stringMatching(/^fail: .*does not exist/),
    });

    const copy = await copyOfData();
    await rm(join(copy, "master.key"));
    expect((await troubles("--data", copy)).found["master key"]).toMatch(/^fail: .*master\.key/);
    const other = Buffer.alloc(32, 7).toString("base64");
    await writeFile(join(copy, "master.key"), other);
    const wrong = await troubles("--data", copy);
    expect(wrong.found["master key"]).toMatch(/^fail: .*has no key/);
    expect(JSON.stringify(wrong)).not.toContain(other);
  });

  test("names migrations that wait or are from the future, and operations that never end; and changes nothing", async () => {
    const copy = await copyOfData();
    const file = join(copy, "control-plane.sqlite");
    const database = new DatabaseSync(file);
    database.exec("delete from migrations where number = (select max(number) from migrations)");
    database.exec("insert into migrations values (9999, 'of-tomorrow', 1, '2030-01-01')");
    database.exec(
      `insert into operations (id, resource_key, resource_id, kind, status, generation, correlation_id, started_at)
       values ('o', 'r', 'r', 'put', 'InProgress', 1, 'c', '2020-01-01T00:00:00.000Z')`,
    );
    database.close();
    const before = await readFile(file);
    const { code, found } = await troubles("--data", copy);
    expect(code).toBe(1);
    expect(found).toMatchObject({
      schema: expect.stringContaining("of-tomorrow"),
      operations: expect.stringMatching(/^warn: 1 have been running/),
    });
    expect((await readFile(file)).equals(before)).toBe(true);
  });

  test("names a PostgreSQL that is not there, without its password", async () => {
    const file = join(folder, "url");
    await writeFile(file, "postgres://arcfleet:s3cr3t@127.0.0.1:1/arcfleet");
    const args = ["--database-url-file", file, "--master-key-file", join(dataDir, "master.key")];
    const { code, out, err } = await arcfleet(...args);
    expect(code).toBe(1);
    expect(out).toMatch(/^fail {2}database: .*ECONNREFUSED/m);
    expect(out + err).not.toContain("s3cr3t");
  });

  test("says what it needs when it is told nothing", async () => {
    const { code, err } = await arcfleet();
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("--data DIR") });
  });
});
