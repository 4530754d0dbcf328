import { chmod, cp, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { execa } from "execa";
import { putInCache } from "./cached-tool.ts";
import { withProgress } from "./progress.ts";
import { targetPlatform } from "./recipe.ts";
import { goModuleFolder, repositoryRoot } from "./repository.ts";
import type { FoundTool, GoBuild, GoSource, Log, ToolDefinition } from "./tool.ts";

const BUILD_TIMEOUT_MS = 60 * 60_000;
const LIST_TIMEOUT_MS = 60_000;

/** Builds a tool from its pinned Go modules; every module is checked against the committed `go.sum`. */
export async function buildFromGo(cache: string, tool: ToolDefinition, go: GoSource, log: Log): Promise<FoundTool> {
  return withProgress(log, `building ${tool.name} ${tool.version} from its Go module`, () =>
    putInCache(cache, tool, "Go module", async (folder) => {
      for (const build of go.builds) await runBuild(tool, build, folder);
      if (go.moduleFiles) await copyModuleFiles(go, go.moduleFiles, folder);
      for (const file of go.npmFiles ?? []) await copyNpmFile(file, folder);
    }),
  );
}

async function runBuild(tool: ToolDefinition, build: GoBuild, folder: string): Promise<void> {
  const platform = targetPlatform(tool);
  const ldflags = ["-s", "-w", ...build.ldflags].join(" ");
  const result = await execa(
    "go",
    ["build", "-trimpath", "-ldflags", ldflags, "-o", join(folder, basename(build.package)), build.package],
    {
      cwd: goModuleFolder(build.folder),
      // No C library, so that the program also runs in an image that holds nothing else.
      env: { ...goEnvironment, CGO_ENABLED: "0", GOOS: platform.os, GOARCH: platform.arch },
      all: true,
      reject: false,
      timeout: BUILD_TIMEOUT_MS,
    },
  );
  if (result.code === "ENOENT") {
    throw new Error("Go is not installed; install Go 1.26 or newer, it builds what cannot be downloaded");
  }
  if (result.exitCode !== 0) {
    throw new Error(`go build ${build.package} failed in tools/go/${build.folder}:\n${result.all}`);
  }
}

// Settings of the user's own Go work must not leak into a pinned build.
const goEnvironment = { GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off", GO111MODULE: "on" };

async function copyModuleFiles(go: GoSource, files: NonNullable<GoSource["moduleFiles"]>, folder: string) {
  const goFolder = go.builds.find((build) => build.package.startsWith(files.module))?.folder;
  if (!goFolder) throw new Error(`none of the builds is of ${files.module}, whose files are wanted`);
  const { stdout } = await execa("go", ["list", "-m", "-f", "{{.Dir}}", files.module], {
    cwd: goModuleFolder(goFolder),
    env: goEnvironment,
    timeout: LIST_TIMEOUT_MS,
  });
  const target = join(folder, files.to);
  await cp(join(stdout.trim(), files.from), target, { recursive: true });
  await makeWritable(target);
}

// Go keeps its module cache read-only; copies of it would be folders that nobody can remove.
async function makeWritable(folder: string): Promise<void> {
  await execa("chmod", ["-R", "u+w", folder], { timeout: LIST_TIMEOUT_MS });
}

async function copyNpmFile(file: string, folder: string): Promise<void> {
  const [scope, name, ...rest] = file.split("/");
  const manifest = createRequire(join(repositoryRoot, "package.json")).resolve(`${scope}/${name}/package.json`);
  const target = join(folder, basename(file));
  await mkdir(folder, { recursive: true });
  await cp(join(manifest, "..", ...rest), target);
  await chmod(target, 0o755);
}
