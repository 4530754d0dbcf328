import { join } from "node:path";
import { expect, test } from "@jest/globals";
import ts from "typescript";
import { readSource, repositoryRoot } from "../support/source-files.ts";

/** Type-checks a program as if it lay in a folder of the repository. */
function problemsOf(source: string, folder: string): string[] {
  const file = join(repositoryRoot, folder, "from-readme.ts");
  const configFile = join(repositoryRoot, "tsconfig.json");
  const { config } = ts.readConfigFile(configFile, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, repositoryRoot);
  const settings = { ...options, incremental: false, tsBuildInfoFile: undefined, noEmit: true };
  const host = ts.createCompilerHost(settings);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.readFile = (path) => (path === file ? source : readFile(path));
  host.getSourceFile = (path, ...rest) =>
    path === file ? ts.createSourceFile(path, source, ts.ScriptTarget.ES2024) : getSourceFile(path, ...rest);
  const program = ts.createProgram([file], settings, host);
  return ts
    .getPreEmitDiagnostics(program)
    .filter((problem) => problem.file?.fileName === file)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

test("the program in the README is one that compiles", () => {
  const [, program] = /```ts\n([\s\S]*?)```/.exec(readSource("README.md")) ?? [];
  expect(program).toBeDefined();
  expect(problemsOf(program ?? "", "examples/fleet")).toEqual([]);
}, 60_000);
