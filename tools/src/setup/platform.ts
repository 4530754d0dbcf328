/** Operating system and processor in the words of Go, which the names of most release files use. */
export interface Platform {
  readonly os: "linux" | "darwin";
  readonly arch: "amd64" | "arm64";
}

/** The machine set-up runs on. */
export function hostPlatform(os: string = process.platform, arch: string = process.arch): Platform {
  if (os !== "linux" && os !== "darwin") {
    throw new Error(`arcfleet's commands run on Linux and macOS, not on ${os}; on Windows use WSL 2`);
  }
  if (arch === "x64") return { os, arch: "amd64" };
  if (arch === "arm64") return { os, arch: "arm64" };
  throw new Error(`arcfleet's commands run on x64 and arm64 processors, not on ${arch}`);
}

/** What runs inside images and cluster nodes is Linux, whatever the host is. */
export function nodePlatform(host: Platform): Platform {
  return { os: "linux", arch: host.arch };
}
