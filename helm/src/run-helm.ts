import { execa } from "execa";

/** Which helm, acting on which cluster. */
export interface HelmTarget {
  /** Path of the helm program (3.17 or newer). */
  readonly program: string;
  /** Kubeconfig file; absent inside a cluster, where helm uses the pod's service account. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** A folder of the caller's own for helm's cache and settings, so that the user's are neither read nor changed. */
  readonly home: string;
}

export interface RunOptions {
  /** Text for standard input: the way for values, which may hold secrets and must not be seen in the process list. */
  readonly input?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Helm failed; the message is helm's own last words, which name the object and the cause. */
export class HelmError extends Error {
  override readonly name = "HelmError";
  readonly stderr: string;
  readonly isTimeout: boolean;

  constructor(message: string, details: { stderr: string; isTimeout: boolean }) {
    super(message);
    this.stderr = details.stderr;
    this.isTimeout = details.isTimeout;
  }
}

/** Lines that helm prints beside the error and that explain nothing. */
const noise = /^(level=|time=|WARNING: Kubernetes configuration file|Pulled: |Digest: )/;

const lastWords = (stderr: string): string =>
  stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !noise.test(line))
    .join("\n")
    .replace(/^Error: /, "");

/**
 * Runs helm: the only place that starts it.
 * @returns its standard output
 * @throws HelmError with helm's own explanation; the caller's abort passes through as it is.
 */
export async function runHelm(target: HelmTarget, args: readonly string[], options: RunOptions): Promise<string> {
  const cluster = [
    ...(target.kubeconfig === undefined ? [] : ["--kubeconfig", target.kubeconfig]),
    ...(target.context === undefined ? [] : ["--kube-context", target.context]),
  ];
  const result = await execa(target.program, [...args, ...cluster], {
    input: options.input ?? "",
    timeout: options.timeoutMs,
    // Helm marks a release as failed when it is asked to stop; only what does not react is killed.
    forceKillAfterDelay: 10_000,
    reject: false,
    env: {
      HELM_CACHE_HOME: `${target.home}/cache`,
      HELM_CONFIG_HOME: `${target.home}/config`,
      HELM_DATA_HOME: `${target.home}/data`,
    },
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal, gracefulCancel: false }),
  });
  options.signal?.throwIfAborted();
  if (!result.failed) return result.stdout;

  const command = `helm ${args[0] ?? ""}`;
  if (result.code === "ENOENT") {
    throw new HelmError(`${command}: there is no program ${target.program}; install Helm 3.17 or newer`, {
      stderr: "",
      isTimeout: false,
    });
  }
  const words = lastWords(result.stderr);
  const reason = result.timedOut
    ? `no end after ${options.timeoutMs / 1000} s. ${words}`.trim()
    : words || result.shortMessage;
  throw new HelmError(`${command}: ${reason}`, {
    stderr: result.stderr,
    isTimeout: result.timedOut || /timed out|deadline exceeded/i.test(words),
  });
}
