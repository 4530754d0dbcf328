import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HelmError, type HelmTarget, runHelm } from "./run-helm.ts";

export interface ChartReference {
  /** `oci://host:port/charts/name`. */
  readonly url: string;
  readonly version: string;
  /** `sha256:` and the hex hash of the chart archive. */
  readonly digest: string;
}

export interface PullOptions {
  readonly caFile?: string | undefined;
  /** For charts that not everyone may have. */
  readonly token?: RegistryToken | undefined;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface RegistryToken {
  /** The host, with its port, that the token is for. */
  readonly host: string;
  readonly accessToken: string;
}

/**
 * Fetches a chart archive once and keeps it under its digest.
 * @returns the path of the archive
 * @throws HelmError when it cannot be pulled or is not the archive that the digest promises
 */
export async function pullChart(target: HelmTarget, chart: ChartReference, options: PullOptions): Promise<string> {
  const kept = join(target.home, `${chart.digest.replace(":", "-")}.tgz`);
  if (await exists(kept)) return kept;

  const caFile = options.caFile === undefined ? [] : ["--ca-file", options.caFile];
  const folder = await mkdtemp(join(target.home, "pull-"));
  const login = await mkdtemp(join(target.home, "login-"));
  try {
    const registryConfig = join(login, "config.json");
    await writeFile(registryConfig, registryLogin(options.token), { mode: 0o600 });
    await runHelm(
      { program: target.program, home: target.home },
      [
        "pull",
        chart.url,
        "--version",
        chart.version,
        ...caFile,
        "--registry-config",
        registryConfig,
        "--destination",
        folder,
      ],
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
    await Promise.all([folder, login].map((path) => rm(path, { recursive: true, force: true })));
  }
}

/**
 * The file in which registry clients keep logins. Helm offers a login to no host but its own, and only when that asks for one; on the
 * command line the token would be in the process list.
 */
function registryLogin(token: RegistryToken | undefined): string {
  if (token === undefined) return JSON.stringify({ auths: {} });
  // The user name of a token is a zero GUID by convention of registries; only the password counts.
  const auth = Buffer.from(`00000000-0000-0000-0000-000000000000:${token.accessToken}`).toString("base64");
  return JSON.stringify({ auths: { [token.host]: { auth } } });
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
