import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { repositoryRoot } from "@arcfleet/tools/setup/repository.ts";

export { repositoryRoot };

/** Every file of the checkout that is or could be committed, relative to the root, with forward slashes. */
export function repositoryFiles(): string[] {
  const output = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: repositoryRoot,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const files = new Set(output.split("\0").filter((path) => path !== ""));
  return [...files].filter((path) => existsSync(join(repositoryRoot, path))).sort();
}

/** The text of a file of the checkout. */
export const readSource = (path: string): string => readFileSync(join(repositoryRoot, path), "utf8");

const binary = new Set([".tgz", ".tar", ".gz", ".png", ".ico", ".woff2", ".zip"]);

/** The files that hold text. */
export const textFiles = (): string[] => repositoryFiles().filter((path) => !binary.has(extname(path)));

/** The TypeScript sources. */
export const typescriptFiles = (): string[] => repositoryFiles().filter((path) => path.endsWith(".ts"));

/** `path:line: text` of each line that matches: what a person needs to find it. */
export function linesMatching(path: string, pattern: RegExp): string[] {
  return readSource(path)
    .split("\n")
    .flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : []));
}
