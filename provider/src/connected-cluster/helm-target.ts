import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HelmTarget, runHelm } from "@arcfleet/helm";
import type { Settings } from "../settings/index.ts";
import { ClusterError } from "./kube-error.ts";
import { type ChosenContext, textOf } from "./kubeconfig.ts";

/**
 * Runs `use` with a kubeconfig file for helm that only this user can read and that is gone afterwards.
 * @param use gets the target and the file with the control plane's private CA, if it has one
 */
export async function withHelm<T>(
  settings: Settings,
  chosen: ChosenContext,
  use: (target: HelmTarget, caFile: string | undefined) => Promise<T>,
): Promise<T> {
  const home = join(settings.cacheDir, "helm");
  await mkdir(home, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(tmpdir(), "arcfleet-"));
  try {
    const kubeconfig = join(folder, "kubeconfig");
    await writeFile(kubeconfig, textOf(chosen), { mode: 0o600 });
    const caFile = await caFileFor(settings, folder);
    return await use({ program: settings.helmProgram, kubeconfig, context: chosen.context, home }, caFile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Helm takes the private CA as a file alone. */
async function caFileFor({ caFile, caCertificate }: Settings, folder: string): Promise<string | undefined> {
  if (caCertificate === undefined) return caFile;
  const written = join(folder, "ca.pem");
  await writeFile(written, caCertificate);
  return written;
}

const found = new Map<string, Promise<unknown>>();
const versionTimeoutMs = 20_000;

/** Finds out that there is no helm before anything was written. Asked once per process. */
export async function requireHelm({ helmProgram, cacheDir }: Settings): Promise<void> {
  const target = { program: helmProgram, home: join(cacheDir, "helm") };
  const asked = found.get(helmProgram) ?? runHelm(target, ["version", "--short"], { timeoutMs: versionTimeoutMs });
  found.set(helmProgram, asked);
  await asked.catch((error: unknown) => {
    found.delete(helmProgram);
    throw new ClusterError(
      `Attaching a cluster needs helm: ${error instanceof Error ? error.message : String(error)}. ` +
        "Put it on PATH, or set ARCFLEET_HELM to the program.",
      error,
    );
  });
}
