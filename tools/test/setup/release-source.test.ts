import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { create } from "tar";
import { findInCache } from "../../src/setup/cached-tool.ts";
import { fetchTool, type Network } from "../../src/setup/fetch-tool.ts";
import { downloadRelease, readSha256 } from "../../src/setup/release-source.ts";
import type { ToolDefinition } from "../../src/setup/tool.ts";
import { temporaryFolders } from "./temporary-folder.ts";

const newFolder = temporaryFolders();
const quiet = () => {};
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** A vendor's server that publishes these files; counts what it was asked for. */
async function publish(files: Record<string, string | Buffer>): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const content = files[request.url ?? ""];
    response.writeHead(content === undefined ? 404 : 200, { connection: "close" }).end(content);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const toolFrom = (url: string, pinned?: string): ToolDefinition => ({
  name: "kubectl",
  neededTo: "try",
  byHand: "install it",
  gives: "program",
  runsOn: "host",
  version: "1.0.0",
  release: () => ({ url: `${url}/kubectl`, checksumUrl: `${url}/kubectl.sha256`, sha256: pinned }),
});

async function download(cache: string, tool: ToolDefinition) {
  const release = tool.release?.({ os: "linux", arch: "amd64" });
  if (!release) throw new Error("the tool of this test has a release");
  return downloadRelease(cache, tool, release, quiet);
}

describe("downloadRelease", () => {
  test("takes a file whose checksum is the pinned one, without asking the vendor for it", async () => {
    const { url, asked } = await publish({ "/kubectl": "program" });
    const found = await download(newFolder(), toolFrom(url, sha256("program")));
    expect(readFileSync(found.path, "utf8")).toBe("program");
    expect(asked).toEqual(["/kubectl"]);
  });

  test("takes a file whose checksum is the published one", async () => {
    const { url } = await publish({ "/kubectl": "program", "/kubectl.sha256": sha256("program") });
    const found = await download(newFolder(), toolFrom(url));
    expect(found).toMatchObject({ version: "1.0.0", source: "vendor release" });
  });

  test("unpacks an archive without its outermost folder and keeps what can be executed", async () => {
    const folder = newFolder();
    mkdirSync(join(folder, "linux-amd64"));
    writeFileSync(join(folder, "linux-amd64", "kubectl"), "program", { mode: 0o755 });
    const archive = join(folder, "kubectl.tar.gz");
    await create({ file: archive, cwd: folder, gzip: true }, ["linux-amd64"]);
    const { url } = await publish({ "/kubectl": readFileSync(archive) });
    const pinned = createHash("sha256").update(readFileSync(archive)).digest("hex");
    const release = () => ({ url: `${url}/kubectl`, checksumUrl: "", sha256: pinned, stripFolders: 1 });
    const found = await download(newFolder(), { ...toolFrom(url), release });
    expect(readFileSync(found.path, "utf8")).toBe("program");
    expect(statSync(found.path).mode & 0o777).toBe(0o755);
    expect(readdirSync(dirname(found.path)).sort()).toEqual(["kubectl", "tool.json"]);
  });

  test("refuses a file with another checksum and leaves nothing in the cache", async () => {
    const { url } = await publish({ "/kubectl": "changed on the way" });
    const cache = newFolder();
    const tool = toolFrom(url, sha256("program"));
    await expect(download(cache, tool)).rejects.toThrow(/kubectl has the SHA-256 .* and is not used/);
    expect(await findInCache(cache, tool)).toBeUndefined();
  });

  test("refuses a file that the published list does not name", async () => {
    const { url } = await publish({ "/kubectl": "program", "/kubectl.sha256": `${sha256("x")}  other-file` });
    await expect(download(newFolder(), toolFrom(url))).rejects.toThrow("cannot be verified");
  });
});

describe("fetchTool", () => {
  test("builds the Go module when the vendor cannot be reached, and does not try the internet again", async () => {
    const { url, asked } = await publish({ "/kubectl": "program" });
    const network: Network = { unreachable: false };
    const lines: string[] = [];
    const fetching = { cache: newFolder(), log: (line: string) => lines.push(line), network };
    const pause: ToolDefinition = {
      // Nothing listens on port 9 (discard).
      ...toolFrom("http://127.0.0.1:9", sha256("program")),
      name: "pause",
      go: { builds: [{ folder: "pause", package: "arcfleet.invalid/tools/pause", ldflags: [] }] },
    };
    expect(await fetchTool(pause, fetching)).toMatchObject({ found: { source: "Go module" } });
    expect(await fetchTool(toolFrom(url, sha256("program")), fetching)).toEqual({ refused: [] });
    expect(asked).toEqual([]);
    expect(lines.filter((line) => line.startsWith("no downloads"))).toHaveLength(1);
  });

  test("prefers the vendor's release to a build", async () => {
    const { url } = await publish({ "/kubectl": "program" });
    const tool: ToolDefinition = {
      ...toolFrom(url, sha256("program")),
      go: { builds: [{ folder: "does-not-exist", package: "none", ldflags: [] }] },
    };
    const fetched = await fetchTool(tool, { cache: newFolder(), log: quiet, network: { unreachable: false } });
    expect(fetched).toMatchObject({ found: { source: "vendor release" } });
  });
});

describe("readSha256", () => {
  const sum = "a".repeat(64);
  const other = "b".repeat(64);

  test("reads a file that holds nothing but the sum", () => {
    expect(readSha256(`${sum}\n`, "kubectl")).toBe(sum);
  });

  test("reads the line of the file from a list", () => {
    expect(readSha256(`${other}  pulumi-darwin.tar.gz\n${sum} *pulumi-linux.tar.gz\n`, "pulumi-linux.tar.gz")).toBe(
      sum,
    );
  });

  test("does not take the sum of another file", () => {
    expect(readSha256(`${other}  helm-darwin.tar.gz\n`, "helm-linux.tar.gz")).toBeUndefined();
  });

  test("does not take a page that is no list of sums", () => {
    expect(readSha256("<html>not found</html>", "kubectl")).toBeUndefined();
  });
});
