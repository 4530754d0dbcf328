import { z } from "zod";
import { type HelmTarget, type RunOptions, runHelm } from "./run-helm.ts";

export interface ReleaseName {
  readonly name: string;
  readonly namespace: string;
}

/** What helm knows about a release, without its values: those may hold secrets. */
const ReleaseStatus = z.object({
  version: z.int(),
  info: z.object({ status: z.string(), description: z.string().optional() }),
});

const ListedRelease = z.object({
  name: z.string(),
  namespace: z.string(),
  revision: z.coerce.number(),
  status: z.string(),
  chart: z.string(),
  app_version: z.string().optional(),
});

export interface Release extends ReleaseName {
  readonly revision: number;
  /** `deployed`, `failed`, `pending-install`, … as helm spells them. */
  readonly status: string;
  /** Chart name and version in one, `azure-arc-k8sagents-1.40.0`. */
  readonly chart: string;
}

const listTimeoutMs = 60_000;

/** Finds releases by name, in one namespace or in all. */
export async function findReleases(
  target: HelmTarget,
  release: { name: string; namespace?: string },
  options: Omit<RunOptions, "timeoutMs"> = {},
): Promise<Release[]> {
  const where = release.namespace === undefined ? ["--all-namespaces"] : ["--namespace", release.namespace];
  const filter = `^${release.name.replaceAll(".", "\\.")}$`;
  const output = await runHelm(target, ["list", "--all", "--filter", filter, "--output", "json", ...where], {
    ...options,
    timeoutMs: listTimeoutMs,
  });
  return z
    .array(ListedRelease)
    .parse(JSON.parse(output))
    .map(({ name, namespace, revision, status, chart }) => ({ name, namespace, revision, status, chart }));
}

export interface InstallOptions extends RunOptions {
  /** A chart folder or archive. */
  readonly chart: string;
  /** Values as an object; they travel over standard input. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly createNamespace?: boolean;
  /** Wait until every workload is ready (default), or only until the objects are stored. */
  readonly wait?: boolean;
}

/**
 * Brings a release to a chart and values: installs, upgrades, and first clears the way when an earlier run was killed in the
 * middle (helm refuses to touch a release that is `pending-…`).
 */
export async function installRelease(
  target: HelmTarget,
  release: ReleaseName,
  options: InstallOptions,
): Promise<Release> {
  await clearInterrupted(target, release, options.signal);
  const output = await runHelm(
    target,
    [
      "upgrade",
      "--install",
      release.name,
      options.chart,
      "--namespace",
      release.namespace,
      ...(options.createNamespace ? ["--create-namespace"] : []),
      ...(options.wait === false ? [] : ["--wait"]),
      "--timeout",
      `${Math.ceil(options.timeoutMs / 1000)}s`,
      "--history-max",
      "3",
      "--values",
      "-",
      "--output",
      "json",
    ],
    // Helm ends by its own timeout and says why; ours is the net below it.
    { ...options, input: JSON.stringify(options.values), timeoutMs: options.timeoutMs + 30_000 },
  );
  const status = ReleaseStatus.parse(JSON.parse(output));
  return { ...release, revision: status.version, status: status.info.status, chart: options.chart };
}

/** A first install that never ended is removed; an upgrade that never ended is taken back to the last good revision. */
async function clearInterrupted(target: HelmTarget, release: ReleaseName, signal?: AbortSignal): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  const [found] = await findReleases(target, release, options);
  if (!found?.status.startsWith("pending-") && found?.status !== "uninstalling") return;
  if (found.status === "pending-install" || found.status === "uninstalling") {
    await uninstallRelease(target, release, { timeoutMs: 300_000, ...options });
    return;
  }
  await runHelm(target, ["rollback", release.name, "--namespace", release.namespace], {
    timeoutMs: 300_000,
    ...options,
  });
}

/** Removes a release and waits until its objects are gone. One that is not there is a success. */
export async function uninstallRelease(target: HelmTarget, release: ReleaseName, options: RunOptions): Promise<void> {
  await runHelm(
    target,
    [
      "uninstall",
      release.name,
      "--namespace",
      release.namespace,
      "--ignore-not-found",
      "--wait",
      "--timeout",
      `${Math.ceil(options.timeoutMs / 1000)}s`,
    ],
    { ...options, timeoutMs: options.timeoutMs + 30_000 },
  );
}
