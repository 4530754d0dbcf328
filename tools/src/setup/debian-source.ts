import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { errorCode } from "../error-code.ts";
import { withProgress } from "./progress.ts";
import type { Log, ToolDefinition } from "./tool.ts";

const APT_TIMEOUT_MS = 10 * 60_000;

/** Whether this process may install Debian packages: root on Debian or something made from it. */
export async function canInstallDebianPackages(): Promise<boolean> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    return isDebianLike(await readFile("/etc/os-release", "utf8"));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** Reads /etc/os-release. */
export function isDebianLike(osRelease: string): boolean {
  return /^ID(_LIKE)?=.*\bdebian\b/m.test(osRelease);
}

/** Installs the packages of these tools, with one call for all of them. */
export async function installDebianPackages(tools: readonly ToolDefinition[], log: Log): Promise<void> {
  const packages = [...new Set(tools.flatMap((tool) => tool.debianPackage ?? []))];
  if (packages.length === 0) return;
  await withProgress(log, `installing the Debian packages ${packages.join(", ")}`, async () => {
    const first = await aptGet("install", ...packages);
    if (first.exitCode === 0) return;
    // Mostly the package lists are missing or old; fetching them costs seconds, so only now.
    const update = await aptGet("update");
    const second = await aptGet("install", ...packages);
    if (second.exitCode !== 0) {
      throw new Error(`apt-get could not install ${packages.join(", ")}:\n${update.all}\n${second.all}`);
    }
  });
}

function aptGet(command: string, ...packages: string[]) {
  return execa("apt-get", ["-y", "-o", "DPkg::Lock::Timeout=120", "--no-install-recommends", command, ...packages], {
    // RUNLEVEL=1: the lab starts its own processes, so the packages' services need not start (nor be startable).
    env: { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
    all: true,
    reject: false,
    timeout: APT_TIMEOUT_MS,
    stdin: "ignore",
  });
}
