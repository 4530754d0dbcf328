import { join } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "..", "..", "..");

/** What the compiler says about each program as a user sees it, `underlined code: message`; nothing when it compiles. */
export function compileErrors(programs: readonly string[]): readonly string[] {
  const virtual = programs.map((text, at) => [join(root, "sdk", "test", `program-${at}.ts`), text] as const);
  const texts = new Map(virtual);
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.getSourceFile = (path, ...rest) => {
    const text = texts.get(path);
    return text === undefined ? getSourceFile(path, ...rest) : ts.createSourceFile(path, text, ts.ScriptTarget.ES2024);
  };
  const program = ts.createProgram([...texts.keys()], { ...options, incremental: false }, host);
  return virtual.map(([path]) => {
    const file = program.getSourceFile(path);
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return found
      .map(({ start = 0, length = 0, messageText }) => {
        const underlined = texts.get(path)?.slice(start, start + length);
        return `${underlined}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
      })
      .join("\n");
  });
}
