import { join } from "node:path";
import ts from "typescript";
import { repositoryRoot } from "../setup/repository.ts";

/** The doc comments of the SDK: the one place where resources are described for users. */
export interface SdkDocs {
  /** The comment of a class. */
  ofClass(name: string): string | undefined;
  /** The comment of an argument; a path leads through objects, and past the items of lists and the values of maps. */
  ofArgument(className: string, path: readonly string[]): string | undefined;
  /** The comment of an output. */
  ofOutput(className: string, name: string): string | undefined;
  /** Whether programs give a resource where the inputs have its id. */
  takesResource(className: string, name: string): boolean;
}

export function readSdkDocs(): SdkDocs {
  const entry = join(repositoryRoot, "sdk", "src", "index.ts");
  const program = ts.createProgram([entry], {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    types: ["node"],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entry} exports nothing`);
  const classes = new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, resolved(symbol)]));

  function resolved(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  }

  /** The types that a value may have, without those that only say that it comes later. */
  function alternatives(type: ts.Type): readonly ts.Type[] {
    if (type.isUnion()) return type.types.flatMap(alternatives);
    return /^(Promise|OutputInstance)$/.test(type.symbol?.name ?? "") ? [] : [type];
  }

  /** The same for what lies inside lists and maps. */
  const inside = (type: ts.Type): readonly ts.Type[] =>
    alternatives(type).flatMap((one) => {
      const item = checker.getIndexTypeOfType(
        one,
        checker.isArrayType(one) ? ts.IndexKind.Number : ts.IndexKind.String,
      );
      return item === undefined ? [one] : inside(item);
    });

  const propertiesOf = (types: readonly ts.Type[], name: string): readonly ts.Symbol[] =>
    types.map((type) => checker.getPropertyOfType(type, name)).filter((symbol) => symbol !== undefined);

  /** The argument at a path: one symbol for each alternative that has it. */
  function argument(className: string, path: readonly string[]): readonly ts.Symbol[] {
    const symbol = classes.get(className);
    const construct = symbol && checker.getTypeOfSymbol(symbol).getConstructSignatures()[0];
    const args = construct?.getParameters()[1];
    return path.reduce<readonly ts.Symbol[]>(
      (found, step) =>
        propertiesOf(
          found.flatMap((one) => inside(checker.getTypeOfSymbol(one))),
          step,
        ),
      args === undefined ? [] : [args],
    );
  }

  return {
    ofClass: (name) => commentOf(classes.get(name), checker),
    ofArgument: (className, path) =>
      argument(className, path)
        .map((symbol) => commentOf(symbol, checker))
        .find((comment) => comment !== undefined),
    ofOutput(className, name) {
      const symbol = classes.get(className);
      if (symbol === undefined) return undefined;
      return commentOf(checker.getPropertyOfType(checker.getDeclaredTypeOfSymbol(symbol), name), checker);
    },
    takesResource(className, name) {
      const types = argument(className, [name]).flatMap((symbol) => alternatives(checker.getTypeOfSymbol(symbol)));
      return propertiesOf(types, "urn").length > 0;
    },
  };
}

/** The words of a comment and its default. Examples are TypeScript and so of no use to other languages. */
function commentOf(symbol: ts.Symbol | undefined, checker: ts.TypeChecker): string | undefined {
  if (symbol === undefined) return undefined;
  const text = ts
    .displayPartsToString(symbol.getDocumentationComment(checker))
    .replaceAll(/\{@link (\w+)\s*\}/g, "`$1`");
  const fallback = symbol.getJsDocTags(checker).find(({ name }) => name === "default");
  const words = [text, fallback === undefined ? "" : `Default: ${ts.displayPartsToString(fallback.text)}.`];
  return words.filter((part) => part !== "").join("\n") || undefined;
}
