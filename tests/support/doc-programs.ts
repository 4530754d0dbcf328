import { join } from "node:path";
import * as sdk from "@arcfleet/sdk";
import ts from "typescript";
import { readSource, repositoryFiles, repositoryRoot } from "./source-files.ts";

/** A TypeScript block of a page. */
export interface DocProgram {
  readonly page: string;
  /** The line of the page on which its first line is. */
  readonly line: number;
  readonly source: string;
}

/** All blocks marked `ts`, but for the reference: that is made from declarations, which are no programs. */
export function docPrograms(): readonly DocProgram[] {
  const pages = repositoryFiles().filter((path) => path.endsWith(".md") && !path.startsWith("docs/reference/"));
  return pages.flatMap((page) => {
    const text = readSource(page);
    return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(({ index, 1: source = "" }) => ({
      page,
      line: text.slice(0, index).split("\n").length + 1,
      source,
    }));
  });
}

/** What a short block may use without saying where it comes from: the SDK, Pulumi, and the names that pages use all the time. */
const givenNames = `
declare global {
  const east: import("@arcfleet/sdk").ConnectedCluster;
  const cluster: import("@arcfleet/sdk").ConnectedCluster;
  const flux: import("@arcfleet/sdk").Extension;
  const config: import("@pulumi/pulumi").Config;
}
export {};
`;

const imports = [
  `import { ${Object.keys(sdk).join(", ")} } from "@arcfleet/sdk";`,
  `import * as pulumi from "@pulumi/pulumi";`,
].join(" ");

/** Compiles all of them at once, each as a module of its own, and gives `page:line: what is wrong`. */
export function problemsIn(programs: readonly DocProgram[]): string[] {
  const folder = join(repositoryRoot, "examples", "in-docs");
  const given = join(folder, "given.ts");
  const files = new Map(programs.map((program, at) => [join(folder, `${at}.ts`), program]));
  const texts = new Map([...files].map(([path, { source }]) => [path, asModule(source)]));
  texts.set(given, givenNames);

  const program = ts.createProgram([...texts.keys()], settings(), hostWith(texts));
  return [...texts.keys()].flatMap((path) => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((problem) => {
      const { page, line } = files.get(path) ?? { page: given, line: 1 };
      const within = file?.getLineAndCharacterOfPosition(problem.start ?? 0).line ?? 0;
      return `${page}:${line + within}: ${ts.flattenDiagnosticMessageText(problem.messageText, "\n")}`;
    });
  });
}

/** On one line with the first of the block, so that line numbers stay. A block that imports from the SDK says all it needs. */
const asModule = (source: string): string => (source.includes('from "@arcfleet/sdk') ? source : `${imports} ${source}`);

function settings(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(repositoryRoot, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, repositoryRoot);
  // A block shows a beginning, and what it declares is used where it ends.
  return { ...options, incremental: false, tsBuildInfoFile: undefined, noUnusedLocals: false };
}

function hostWith(texts: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost({});
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = texts.get(path);
    return text === undefined ? getSourceFile(path, version, ...rest) : ts.createSourceFile(path, text, version);
  };
  return host;
}
