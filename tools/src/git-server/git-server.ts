/**
 * A Git repository behind smart HTTP, read-only: what a Flux configuration points at in the demo and the tests. Git's own
 * `http-backend` answers; Node only carries requests to it.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { dirname, isAbsolute, join, normalize } from "node:path";
import { execa } from "execa";
import { readCgiHead } from "./cgi-head.ts";

export interface GitServer {
  /** `http://host:port/fleet.git` */
  readonly url: string;
  readonly port: number;
  /**
   * Commits to the branch `main`.
   * @param files contents by path; null deletes the file
   * @returns the commit's id
   */
  commit(files: Readonly<Record<string, string | null>>, message: string): Promise<string>;
  close(): Promise<void>;
}

export interface GitServerOptions {
  /** The address to listen on. Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: any free one. */
  readonly port?: number;
  /** Where the repository lies; one that is there is gone on with. */
  readonly dir: string;
}

const repositoryName = "fleet.git";
export const branch = "main";
/** Git reads the author from the user's settings, which need not be there. */
const identity = {
  GIT_AUTHOR_NAME: "arcfleet",
  GIT_AUTHOR_EMAIL: "fleet@example.com",
  GIT_COMMITTER_NAME: "arcfleet",
  GIT_COMMITTER_EMAIL: "fleet@example.com",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};
const gitTimeoutMs = 30_000;

export async function startGitServer({ host = "127.0.0.1", port = 0, dir }: GitServerOptions): Promise<GitServer> {
  const served = join(dir, "served");
  const bare = join(served, repositoryName);
  const work = join(dir, "work");
  await openRepository(bare, work);

  const server = createServer((request, response) => void answer(request, response, served));
  server.requestTimeout = 60_000;
  const boundPort = await listen(server, host, port);
  const name = host.includes(":") ? `[${host}]` : host;

  // One after another: two commits at once would fight for the index.
  let last: Promise<unknown> = Promise.resolve();
  return {
    url: `http://${name}:${boundPort}/${repositoryName}`,
    port: boundPort,
    commit(files, message) {
      const commit = last.then(() => writeCommit(work, files, message));
      last = commit.catch(() => undefined);
      return commit;
    },
    async close() {
      await last;
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const git = async (cwd: string, ...args: string[]): Promise<string> =>
  (await execa("git", args, { cwd, env: identity, timeout: gitTimeoutMs, stdin: "ignore" })).stdout;

async function openRepository(bare: string, work: string): Promise<void> {
  if (await exists(join(work, ".git"))) return;
  await rm(work, { recursive: true, force: true });
  await mkdir(bare, { recursive: true });
  await git(bare, "init", "--quiet", "--bare", `--initial-branch=${branch}`);
  await git(dirname(work), "clone", "--quiet", bare, work);
  await git(work, "checkout", "--quiet", "-B", branch);
}

async function writeCommit(
  work: string,
  files: Readonly<Record<string, string | null>>,
  message: string,
): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    const clean = normalize(path);
    if (isAbsolute(clean) || clean.startsWith("..")) throw new Error(`${path} is not inside of the repository`);
    const target = join(work, clean);
    if (content === null) {
      await rm(target, { force: true });
    } else {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
    }
  }
  await git(work, "add", "--all");
  await git(work, "commit", "--quiet", "--allow-empty", "--message", message);
  await git(work, "push", "--quiet", "origin", branch);
  return git(work, "rev-parse", "HEAD");
}

async function answer(request: IncomingMessage, response: ServerResponse, root: string): Promise<void> {
  const url = new URL(request.url ?? "/", "http://server");
  if (url.searchParams.get("service") === "git-receive-pack" || url.pathname.endsWith("/git-receive-pack")) {
    response.writeHead(403, { "content-type": "text/plain" }).end("This server is read-only.\n");
    return;
  }
  const backend = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_GLOBAL: identity.GIT_CONFIG_GLOBAL,
      GIT_CONFIG_NOSYSTEM: identity.GIT_CONFIG_NOSYSTEM,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      CONTENT_LENGTH: request.headers["content-length"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: singleHeader(request.headers["git-protocol"]),
    },
  });
  // A client that goes away early closes the pipe under us; the answer is lost with it, and nothing else.
  backend.stdin.on("error", () => undefined);
  request.pipe(backend.stdin);
  response.on("close", () => backend.kill());
  await carryAnswer(backend, response);
}

async function carryAnswer(backend: ChildProcessWithoutNullStreams, response: ServerResponse): Promise<void> {
  try {
    const { status, headers, rest } = await readCgiHead(backend.stdout);
    response.writeHead(status, headers);
    response.write(rest);
    backend.stdout.pipe(response);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    response.writeHead(502, { "content-type": "text/plain" }).end(`git http-backend: ${reason}\n`);
  }
}

const singleHeader = (value: string | string[] | undefined): string => (Array.isArray(value) ? "" : (value ?? ""));

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (typeof address === "object" && address !== null) resolve(address.port);
      else reject(new Error("the git server has no port"));
    });
  });
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
