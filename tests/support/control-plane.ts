import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Connection } from "@arcfleet/contract";
import { parseSettings, type SettingsInput, startControlPlane as start } from "@arcfleet/control-plane";
import { repositoryRoot } from "./source-files.ts";
import { type TempFolder, tempFolder } from "./temp-folder.ts";
import { testDatabase } from "./test-database.ts";
import { waitFor } from "./wait-for.ts";

/** Where the charts lie that a control plane of this checkout serves. */
export const chartDirs = [join(repositoryRoot, "agent-chart"), join(repositoryRoot, "extensions")];

export interface RunningControlPlane extends AsyncDisposable {
  readonly connection: Connection;
  readonly dataDir: string;
}

/** The service itself, inside this process, on a free port with a throw-away data folder. */
export async function startControlPlane(settings: Partial<SettingsInput> = {}): Promise<RunningControlPlane> {
  const folder = settings.dataDir === undefined ? await tempFolder("control-plane") : undefined;
  const dataDir = settings.dataDir ?? folderPath(folder);
  const server = await start(
    parseSettings({ chartDirs, logLevel: "silent", ...(await testDatabase()), ...settings, dataDir }),
  );
  return {
    connection: await readConnection(dataDir),
    dataDir,
    async [Symbol.asyncDispose]() {
      await server.close();
      await folder?.[Symbol.asyncDispose]();
    },
  };
}

export interface SpawnedControlPlane extends RunningControlPlane {
  readonly pid: number;
  readonly logFile: string;
  /** Ends the process with a signal and waits until it is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same data, port and origin. */
  restart(): Promise<void>;
}

export interface SpawnOptions {
  /** Where to listen; also the name clients use. Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: a free one. Needed where clients come through something else and the origin does not tell it. */
  readonly port?: number;
  readonly dataDir?: string;
  readonly logLevel?: string;
  /** The URL of a PostgreSQL database. Default: as the project of the test says. */
  readonly database?: string;
  /** Further options of `arcfleet serve`. */
  readonly args?: readonly string[];
}

const readyTimeoutMs = 90_000;

/** `arcfleet serve` as a process of its own, which can be killed. */
export async function spawnControlPlane(options: SpawnOptions = {}): Promise<SpawnedControlPlane> {
  const folder = options.dataDir === undefined ? await tempFolder("serve") : undefined;
  const dataDir = options.dataDir ?? folderPath(folder);
  const host = options.host ?? "127.0.0.1";
  const logFile = join(dataDir, "serve.log");
  const connectionFile = join(dataDir, "connection.json");

  const database = options.database ?? (await testDatabase()).database;

  let port = options.port ?? 0;
  let child = await launch();
  const connection = await readConnection(dataDir);
  if (options.port === undefined) port = Number(new URL(connection.endpoint).port);

  async function launch(): Promise<ChildProcess> {
    await rm(connectionFile, { force: true });
    const started = spawn(
      process.execPath,
      [
        join(repositoryRoot, "cli", "bin", "arcfleet.mjs"),
        ...["serve", "--data", dataDir, "--host", host, "--port", String(port)],
        ...chartDirs.flatMap((path) => ["--charts", path]),
        ...(options.args ?? []),
      ],
      {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ...(database === undefined ? {} : { ARCFLEET_DATABASE_URL: database }) },
      },
    );
    const log = createWriteStream(logFile, { flags: "a" });
    started.stdout.pipe(log, { end: false });
    started.stderr.pipe(log, { end: false });
    await waitFor(() => started.exitCode !== null || readConnection(dataDir).then(Boolean), {
      timeoutMs: readyTimeoutMs,
      describe: "the control plane has written connection.json",
    }).catch((error: unknown) => {
      // Nobody else knows it yet, and a process that is left keeps the test run from ending.
      started.kill("SIGKILL");
      throw error;
    });
    if (started.exitCode !== null) {
      throw new Error(`arcfleet serve ended with ${started.exitCode}:\n${await readFile(logFile, "utf8")}`);
    }
    return started;
  }

  async function kill(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  return {
    connection,
    dataDir,
    logFile,
    get pid() {
      return child.pid ?? 0;
    },
    kill,
    async restart() {
      await kill("SIGTERM");
      child = await launch();
    },
    async [Symbol.asyncDispose]() {
      await kill("SIGTERM");
      await folder?.[Symbol.asyncDispose]();
    },
  };
}

const readConnection = async (dataDir: string): Promise<Connection> =>
  Connection.parse(JSON.parse(await readFile(join(dataDir, "connection.json"), "utf8")));

function folderPath(folder: TempFolder | undefined): string {
  if (folder === undefined) throw new Error("either a data folder is given or one is made");
  return folder.path;
}
