import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import type { Platform } from "../setup/platform.ts";
import type { ImageEntry } from "./image-entry.ts";
import { packLayer } from "./layer.ts";

/** What an image is, apart from its files. */
export interface ImageSettings {
  /** Name and tag, such as `arcfleet.local/pause:1.0.0`. */
  readonly reference: string;
  /** Number of the user its processes run as, unless the pod says otherwise. */
  readonly user: number;
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly platform: Platform;
}

const LAYER_FILE = "layer.tar";
const EPOCH = new Date(0);

/**
 * Writes an image as the archive that `docker save` makes, with one layer. `ctr images import`, `docker load` and
 * `kind load image-archive` all read it.
 */
export async function writeImageArchive(
  file: string,
  settings: ImageSettings,
  entries: readonly ImageEntry[],
): Promise<void> {
  const folder = await mkdtemp(join(dirname(file), ".layer-"));
  try {
    const layerFile = join(folder, LAYER_FILE);
    const layerSha256 = await writeLayer(layerFile, entries);
    await writeArchive(file, settings, layerFile, layerSha256);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeLayer(file: string, entries: readonly ImageEntry[]): Promise<string> {
  const hash = createHash("sha256");
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(packLayer(entries), watch, createWriteStream(file));
  return hash.digest("hex");
}

async function writeArchive(file: string, settings: ImageSettings, layerFile: string, layerSha256: string) {
  const config = JSON.stringify(imageConfig(settings, layerSha256));
  const configFile = `${createHash("sha256").update(config).digest("hex")}.json`;
  const manifest = JSON.stringify([{ Config: configFile, RepoTags: [settings.reference], Layers: [LAYER_FILE] }]);
  const archive = pack();
  const fill = async () => {
    archive.entry({ name: configFile, mtime: EPOCH }, config);
    archive.entry({ name: "manifest.json", mtime: EPOCH }, manifest);
    const slot = archive.entry({ name: LAYER_FILE, mtime: EPOCH, size: (await stat(layerFile)).size });
    await pipeline(createReadStream(layerFile), slot);
    archive.finalize();
  };
  await Promise.all([fill(), pipeline(archive, createWriteStream(file))]);
}

/** The image's configuration as the OCI image specification describes it. */
function imageConfig({ user, entrypoint, env, platform }: ImageSettings, layerSha256: string) {
  return {
    architecture: platform.arch,
    os: platform.os,
    created: EPOCH.toISOString(),
    config: {
      User: String(user),
      Entrypoint: entrypoint,
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    },
    rootfs: { type: "layers", diff_ids: [`sha256:${layerSha256}`] },
    history: [{ created: EPOCH.toISOString(), created_by: "arcfleet" }],
  };
}
