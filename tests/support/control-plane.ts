import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Connection } from "@arcfleet/contract";
import { parseSettings, type SettingsInput, startControlPlane as start } from "@arcfleet/control-plane";
import { quickFolder } from "./quick-folder.ts";
import { repositoryRoot } from "./source-files.ts";
import { tempFolder } from "./temp-folder.ts";
import { type TestDatabase, testDatabase } from "./test-database.ts";
import { waitFor } from "./wait-for.ts";

/** Where the charts lie that a control plane of this checkout serves. */
export const chartDirs = [join(repositoryRoot, "agent-chart"), join(repositoryRoot, "extensions")];

export interface RunningControlPlane extends AsyncDisposable {
  readonly connection: Connection;
  readonly dataDir: string;
}

/** The service itself, inside this process, on a free port with a throw-away data folder. */
export async function startControlPlane(settings: Partial<SettingsInput> = {}): Promise<RunningControlPlane> {
  await using started = new AsyncDisposableStack();
  const dataDir = settings.dataDir ?? started.use(await tempFolder("control-plane", quickFolder())).path;
  const database = started.use(await databaseFor(settings.database));
  started.adopt(
    await start(parseSettings({ chartDirs, logLevel: "silent", ...settings, ...database.settings, dataDir })),
    (server) => server.close(),
  );
  const connection = await readConnection(dataDir);
  const disposal = started.move();
  return { connection, dataDir, [Symbol.asyncDispose]: () => disposal.disposeAsync() };
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
  await using started = new AsyncDisposableStack();
  const dataDir = options.dataDir ?? started.use(await tempFolder("serve")).path;
  const host = options.host ?? "127.0.0.1";
  const logFile = join(dataDir, "serve.log");
  const connectionFile = join(dataDir, "connection.json");

  const { database } = started.use(await databaseFor(options.database)).settings;

  let port = options.port ?? 0;
  let child = await launch();
  started.defer(() => kill("SIGTERM"));
  const connection = await readConnection(dataDir);
  if (options.port === undefined) port = Number(new URL(connection.endpoint).port);

  async function launch(): Promise<ChildProcess> {
    await rm(connectionFile, { force: true });
    const launched = spawn(
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
    launched.stdout.pipe(log, { end: false });
    launched.stderr.pipe(log, { end: false });
    await waitFor(() => launched.exitCode !== null || readConnection(dataDir).then(Boolean), {
      timeoutMs: readyTimeoutMs,
      describe: "the control plane has written connection.json",
    }).catch((error: unknown) => {
      // Nobody else knows it yet, and a process that is left keeps the test run from ending.
      launched.kill("SIGKILL");
      throw error;
    });
    if (launched.exitCode !== null) {
      throw new Error(`arcfleet serve ended with ${launched.exitCode}:\n${await readFile(logFile, "utf8")}`);
    }
    return launched;
  }

  async function kill(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  const disposal = started.move();
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
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
}

const readConnection = async (dataDir: string): Promise<Connection> =>
  Connection.parse(JSON.parse(await readFile(join(dataDir, "connection.json"), "utf8")));

/** The one that is given, or one of its own that goes with the control plane. */
const databaseFor = async (database: string | undefined): Promise<TestDatabase> =>
  database === undefined ? testDatabase() : { settings: { database }, async [Symbol.asyncDispose]() {} };
