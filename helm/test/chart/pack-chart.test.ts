import { cp, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import { packChart, unpackChart } from "@arcfleet/helm/chart";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Header, pack } from "tar-stream";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "arcfleet-chart-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const chartYaml = "apiVersion: v2\nname: podinfo\nversion: 1.0.0\n";

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, folder, path)), { recursive: true });
    await writeFile(join(dir, folder, path), text);
  }
  return join(dir, folder);
}

const chart = (folder = "one") =>
  writeFiles(folder, {
    "Chart.yaml": chartYaml,
    "templates/config.yaml": "kind: ConfigMap\n",
    ".helmignore": "# generated\ngolden/\n*.md\n",
  });

describe("packing", () => {
  test("the same files gives the same bytes, whatever their times and the ignored rest", async () => {
    const first = await packChart(await chart());
    const copy = join(dir, "two");
    await cp(join(dir, "one"), copy, { recursive: true });
    await utimes(join(copy, "Chart.yaml"), 1, 1);
    await writeFiles("two", { "golden/render.yaml": "x", "NOTES.md": "x" });
    const second = await packChart(copy);
    expect([second.digest, second.contentDigest]).toEqual([first.digest, first.contentDigest]);
    await writeFiles("two", { "templates/config.yaml": "kind: Secret\n" });
    expect((await packChart(copy)).contentDigest).not.toBe(first.contentDigest);
  });

  test("an archive gives what its folder gives, however it was compressed", async () => {
    const { content, contentDigest } = await packChart(await chart());
    await writeFile(join(dir, "other.tgz"), gzipSync(gunzipSync(content), { level: 1 }));
    expect((await packChart(join(dir, "other.tgz"))).contentDigest).toBe(contentDigest);
  });

  test.each([
    ["nowhere", "There is no chart at"],
    ["empty", "holds no Chart.yaml"],
    ["unversioned", "Chart.yaml of .* cannot be used: version must be a semantic version"],
  ])("what lies at %s is refused in words", async (folder, message) => {
    await mkdir(join(dir, "empty"));
    await writeFiles("unversioned", { "Chart.yaml": "apiVersion: v2\nname: podinfo\nversion: latest\n" });
    await expect(packChart(join(dir, folder))).rejects.toThrow(new RegExp(message));
  });

  test("a symbolic link is named, not left out", async () => {
    const folder = await chart();
    await symlink("/etc/hostname", join(folder, "templates", "linked.yaml"));
    await expect(packChart(folder)).rejects.toThrow(/linked\.yaml is a symbolic link/);
  });
});

describe("an archive from someone else", () => {
  const archive = async (...entries: readonly [Partial<Header> & { name: string }, string?][]): Promise<Buffer> => {
    const tar = pack();
    for (const [header, content] of entries) tar.entry({ mode: 0o644, ...header }, content ?? "");
    tar.finalize();
    return gzipSync(await buffer(tar));
  };
  const good: [{ name: string }, string] = [{ name: "podinfo/Chart.yaml" }, chartYaml];

  test("is read as its plain files", async () => {
    const files = await unpackChart(await archive([{ name: "podinfo/", type: "directory" }], good), "it");
    expect(files).toEqual([{ path: "Chart.yaml", content: Buffer.from(chartYaml) }]);
  });

  test.each<[string, [Partial<Header> & { name: string }, string?], RegExp]>([
    ["climbs out", [{ name: "podinfo/../../etc/passwd" }], /leaves the chart: 'podinfo\/\.\.\/\.\.\/etc\/passwd'/],
    ["begins at the root", [{ name: "/etc/passwd" }], /leaves the chart/],
    ["uses the other slash", [{ name: "podinfo\\..\\x" }], /leaves the chart/],
    ["is a link", [{ name: "podinfo/x", type: "symlink", linkname: "/etc/passwd" }], /which is a symlink/],
    ["is a device", [{ name: "podinfo/x", type: "character-device" }], /which is a character-device/],
    ["is a second folder", [{ name: "other/x" }], /more than one folder/],
    ["is there twice", [{ name: "podinfo/Chart.yaml" }], /holds Chart\.yaml twice/],
    ["lies outside", [{ name: "readme" }], /outside of the chart's folder/],
  ])("is refused when an entry %s", async (_what, entry, message) => {
    await expect(unpackChart(await archive(good, entry), "it")).rejects.toThrow(message);
  });

  test("is refused when it unpacks to too much, without unpacking it all", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    await expect(unpackChart(bomb, "it")).rejects.toThrow(/larger than the 20 MiB/);
    await expect(unpackChart(Buffer.alloc(5 * 1024 * 1024), "it")).rejects.toThrow(/larger than the 4 MiB/);
  });

  test("is refused when it is none", async () => {
    await expect(unpackChart(Buffer.from("nonsense"), "it")).rejects.toThrow("it is not a packed chart");
    await expect(unpackChart(gzipSync("nonsense".repeat(200)), "it")).rejects.toThrow("it is not a packed chart");
  });
});
