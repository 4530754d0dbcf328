import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { HelmError, type HelmTarget, runHelm } from "./run-helm.ts";

export interface ChartReference {
  /** `oci://host:port/charts/name`. */
  readonly url: string;
  readonly version: string;
  /** `sha256:` and the hex hash of the chart archive. */
  readonly digest: string;
}

/**
 * Fetches a chart archive once and keeps it under its digest.
 * @returns the path of the archive
 * @throws HelmError when it cannot be pulled or is not the archive that the digest promises
 */
export async function pullChart(
  target: HelmTarget,
  chart: ChartReference,
  options: { caFile?: string | undefined; timeoutMs: number; signal?: AbortSignal },
): Promise<string> {
  const kept = join(target.home, `${chart.digest.replace(":", "-")}.tgz`);
  if (await exists(kept)) return kept;

  const caFile = options.caFile === undefined ? [] : ["--ca-file", options.caFile];
  const folder = await mkdtemp(join(target.home, "pull-"));
  try {
    await runHelm(
      { program: target.program, home: target.home },
      ["pull", chart.url, "--version", chart.version, ...caFile, "--destination", folder],
      options,
    );
    const [archive] = await readdir(folder);
    if (archive === undefined)
      throw new HelmError(`helm pull: ${chart.url} brought no archive`, { stderr: "", isTimeout: false });
    const digest = `sha256:${createHash("sha256")
      .update(await readFile(join(folder, archive)))
      .digest("hex")}`;
    if (digest !== chart.digest) {
      throw new HelmError(
        `helm pull: ${chart.url} ${chart.version} is ${digest}, but ${chart.digest} was expected; it was not used`,
        {
          stderr: "",
          isTimeout: false,
        },
      );
    }
    await rename(join(folder, archive), kept);
    return kept;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
