import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { readSource, repositoryFiles, repositoryRoot } from "./source-files.ts";

const Setting = z.object({
  type: z.string(),
  description: z.string().min(1),
  default: z.unknown().optional(),
});
export type Setting = z.infer<typeof Setting>;

const ProjectFile = z.object({
  name: z.string(),
  description: z.string().min(1),
  runtime: z.union([z.string(), z.object({ name: z.string(), options: z.record(z.string(), z.unknown()).optional() })]),
  config: z.record(z.string(), Setting).default({}),
});

const PackageFile = z.object({
  name: z.string(),
  private: z.literal(true),
  license: z.literal("Apache-2.0"),
  type: z.literal("module"),
  main: z.string(),
  dependencies: z.record(z.string(), z.string()),
});

const files = repositoryFiles().filter((path) => path.startsWith("examples/"));

/** The names of all folders below `examples`. */
export const exampleNames = [...new Set(files.map((path) => path.split("/")[1] ?? ""))];

/** The files of an example, relative to its folder. */
export const filesOf = (example: string): string[] =>
  files.filter((path) => path.startsWith(`examples/${example}/`)).map((path) => path.split("/").slice(2).join("/"));

const text = (example: string, file: string): string => readSource(`examples/${example}/${file}`);

export const readmeOf = (example: string): string => text(example, "README.md");
export const projectOf = (example: string) => ProjectFile.parse(parse(text(example, "Pulumi.yaml")));
export const packageOf = (example: string) => PackageFile.parse(JSON.parse(text(example, "package.json")));
export const programOf = (example: string): string => join(repositoryRoot, "examples", example, "index.ts");
export const hasProgram = (example: string): boolean => filesOf(example).includes("index.ts");

/** The settings that a README explains: the first column of the table that is headed `setting`. */
export function settingsInReadme(example: string): string[] {
  const [, table = ""] = /^\| setting \|.*\n\|[- |]+\n((?:\|.*\n)*)/m.exec(readmeOf(example)) ?? [];
  return table
    .split("\n")
    .flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}
