import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileSha256 } from "../setup/file-digest.ts";
import { ensureTools } from "../setup/index.ts";
import { importImage } from "./bare-cluster.ts";
import type { Cluster } from "./cluster.ts";
import { loadIntoKind } from "./kind-cluster.ts";
import { clusterPaths, labPaths } from "./lab-paths.ts";
import { parseLoadedArchives, unpackedImages, withArchive } from "./loaded-archives.ts";
import { nodePid } from "./node-process.ts";

/**
 * Gives a cluster's node the images of an archive as `docker save` writes it, so that pods need no registry. An archive
 * that the node has had already is not loaded again: a node never removes images by itself.
 */
export async function loadImage(cluster: Cluster, archive: string): Promise<void> {
  if (cluster.driver === "kind") return loadIntoKind(cluster.name, archive);
  const lab = labPaths(cluster.lab);
  const pid = nodePid(lab.mark, cluster.name);
  if (pid === undefined) throw new Error(`cluster ${cluster.name} is not running; make it with "npm run lab -- up"`);
  const digest = await fileSha256(archive);
  const record = join(clusterPaths(lab, cluster.name).folder, "loaded-archives.json");
  const loaded = existsSync(record) ? parseLoadedArchives(readFileSync(record, "utf8")) : {};
  if (digest in loaded) return;
  const { ctr } = await ensureTools(["ctr"], () => undefined);
  const output = await importImage({ pid, ctr, archive });
  writeFileSync(record, JSON.stringify(withArchive(loaded, digest, unpackedImages(output))));
}
