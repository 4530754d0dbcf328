import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { type GitServer, startGitServer } from "../../src/git-server/index.ts";

let dir: string;
let server: GitServer;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "git-server-"));
  server = await startGitServer({ dir: join(dir, "server") });
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

const git = (cwd: string, ...args: string[]) => execa("git", args, { cwd, reject: false, timeout: 20_000 });

describe("the git server", () => {
  test("serves what was committed, and the next commit as well", async () => {
    const first = await server.commit({ "apps/a.yaml": "a: 1\n", "b.yaml": "b: 1\n" }, "first");
    const clone = join(dir, "clone");
    expect((await git(dir, "clone", "--quiet", server.url, clone)).stderr).toBe("");
    expect(await readFile(join(clone, "apps/a.yaml"), "utf8")).toBe("a: 1\n");
    expect((await git(clone, "rev-parse", "HEAD")).stdout).toBe(first);

    const second = await server.commit({ "apps/a.yaml": "a: 2\n", "b.yaml": null }, "second");
    await git(clone, "pull", "--quiet");
    expect((await git(clone, "rev-parse", "HEAD")).stdout).toBe(second);
    expect((await git(clone, "ls-files")).stdout).toBe("apps/a.yaml");
  });

  test("serves shallow clones over the second version of the protocol, as Flux asks for them", async () => {
    await server.commit({ "c.yaml": "c: 1\n" }, "one more");
    const clone = join(dir, "shallow");
    const result = await git(dir, "-c", "protocol.version=2", "clone", "-q", "--depth=1", server.url, clone);
    expect(result.exitCode).toBe(0);
  });

  test("answers 404 for a repository that does not exist", async () => {
    const answer = await fetch(`${new URL(server.url).origin}/nowhere.git/info/refs?service=git-upload-pack`);
    expect(answer.status).toBe(404);
  });

  test("takes no pushes", async () => {
    await server.commit({ "d.yaml": "d: 1\n" }, "to clone");
    const clone = join(dir, "pusher");
    await git(dir, "clone", "--quiet", server.url, clone);
    await writeFile(join(clone, "x"), "x");
    await git(clone, "add", "x");
    await git(clone, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "x");
    const push = await git(clone, "push");
    expect(push.exitCode).not.toBe(0);
    expect(push.stderr).toContain("403");
  });

  test("goes on with the repository that is there", async () => {
    const commit = await server.commit({ "e.yaml": "e: 1\n" }, "before the restart");
    const again = await startGitServer({ dir: join(dir, "server") });
    expect((await git(dir, "ls-remote", again.url, "main")).stdout).toContain(commit);
    await again.close();
  });

  test("refuses to write outside of the repository", async () => {
    await expect(server.commit({ "../x": "" }, "escape")).rejects.toThrow("not inside of the repository");
  });
});
