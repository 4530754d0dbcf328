import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { z } from "zod";
import type { ImageEntry } from "../../src/image/image-entry.ts";
import { type ImageSettings, writeImageArchive } from "../../src/image/write-image-archive.ts";
import { temporaryFolders } from "../setup/temporary-folder.ts";

const newFolder = temporaryFolders();

const settings: ImageSettings = {
  reference: "arcfleet.local/try:1.0.0",
  user: 65532,
  entrypoint: ["/usr/bin/tool", "--serve"],
  env: { PATH: "/usr/bin", MODE: "quiet" },
  platform: { os: "linux", arch: "amd64" },
};

const entriesOf = (program: string): ImageEntry[] => [
  { kind: "directory", path: "/tmp", mode: 0o1777 },
  { kind: "link", path: "/usr/bin/alias", target: "tool" },
  { kind: "copy", path: "/usr/bin/tool", from: program },
  { kind: "file", path: "/etc/settings", content: "a=1\n", mode: 0o600, uid: 65532 },
];

function makeProgram(): string {
  const program = join(newFolder(), "program");
  writeFileSync(program, "x".repeat(100_000));
  return program;
}

const ManifestSchema = z.tuple([
  z.object({ Config: z.string(), RepoTags: z.array(z.string()), Layers: z.array(z.string()) }),
]);
const ConfigSchema = z.object({
  architecture: z.string(),
  os: z.string(),
  config: z.object({ User: z.string(), Entrypoint: z.array(z.string()), Env: z.array(z.string()) }),
  rootfs: z.object({ type: z.literal("layers"), diff_ids: z.array(z.string()) }),
});

async function unpack(archive: string): Promise<string> {
  const folder = newFolder();
  await execa("tar", ["-xf", archive, "-C", folder]);
  return folder;
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));

describe("writeImageArchive", () => {
  test("writes what docker load and ctr images import read", async () => {
    const archive = join(newFolder(), "image.tar");
    await writeImageArchive(archive, settings, entriesOf(makeProgram()));
    const folder = await unpack(archive);
    const [manifest] = ManifestSchema.parse(readJson(join(folder, "manifest.json")));
    expect(manifest.RepoTags).toEqual(["arcfleet.local/try:1.0.0"]);
    const configText = readFileSync(join(folder, manifest.Config));
    expect(manifest.Config).toBe(`${createHash("sha256").update(configText).digest("hex")}.json`);
    const config = ConfigSchema.parse(readJson(join(folder, manifest.Config)));
    expect(config.config).toEqual({
      User: "65532",
      Entrypoint: ["/usr/bin/tool", "--serve"],
      Env: ["PATH=/usr/bin", "MODE=quiet"],
    });
    const layer = readFileSync(join(folder, manifest.Layers[0] ?? ""));
    expect(config.rootfs.diff_ids).toEqual([`sha256:${createHash("sha256").update(layer).digest("hex")}`]);
  });

  test("puts files, links and folders into the layer with their owners and modes", async () => {
    const archive = join(newFolder(), "image.tar");
    await writeImageArchive(archive, settings, entriesOf(makeProgram()));
    const folder = await unpack(archive);
    const { stdout } = await execa("tar", ["-tvf", join(folder, "layer.tar"), "--numeric-owner"]);
    const lines = stdout.split("\n").map((line) => line.split(/\s+/));
    expect(lines.map(([mode, owner, , , , ...name]) => [mode, owner, name.join(" ")])).toEqual([
      ["drwxr-xr-x", "0/0", "etc/"],
      ["-rw-------", "65532/65532", "etc/settings"],
      ["drwxrwxrwt", "0/0", "tmp/"],
      ["drwxr-xr-x", "0/0", "usr/"],
      ["drwxr-xr-x", "0/0", "usr/bin/"],
      ["lrwxrwxrwx", "0/0", "usr/bin/alias -> tool"],
      ["-rwxr-xr-x", "0/0", "usr/bin/tool"],
    ]);
    const root = newFolder();
    await execa("tar", ["-xf", join(folder, "layer.tar"), "-C", root]);
    expect(statSync(join(root, "usr/bin/alias")).size).toBe(100_000);
  });

  test("gives the same bytes for the same content, whatever its order and times", async () => {
    const [first, second] = [join(newFolder(), "1.tar"), join(newFolder(), "2.tar")];
    await writeImageArchive(first, settings, entriesOf(makeProgram()));
    const other = makeProgram();
    chmodSync(other, 0o600);
    await writeImageArchive(second, settings, entriesOf(other).reverse());
    expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
  });

  test("leaves nothing beside the archive, not even when it fails", async () => {
    const folder = newFolder();
    mkdirSync(join(folder, "images"));
    const archive = join(folder, "images", "image.tar");
    await expect(writeImageArchive(archive, settings, entriesOf("/does/not/exist"))).rejects.toThrow("ENOENT");
    const { stdout } = await execa("ls", ["-A", join(folder, "images")]);
    expect(stdout).toBe("");
  });

  test.each(["etc/settings", "/etc/../settings", "/etc/"])("refuses the path %j", async (path) => {
    const entries: ImageEntry[] = [{ kind: "file", path, content: "" }];
    await expect(writeImageArchive(join(newFolder(), "image.tar"), settings, entries)).rejects.toThrow("absolute path");
  });

  test("refuses two entries for one path", async () => {
    const entries: ImageEntry[] = [
      { kind: "file", path: "/a", content: "1" },
      { kind: "file", path: "/a", content: "2" },
    ];
    await expect(writeImageArchive(join(newFolder(), "image.tar"), settings, entries)).rejects.toThrow("twice");
  });
});
