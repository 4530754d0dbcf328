import { join } from "node:path";
import ts from "typescript";
import { repositoryRoot } from "./source-files.ts";

/** A property of a type, as its documentation shows it. */
export interface TypeProperty {
  readonly name: string;
  readonly isOptional: boolean;
  /** The doc comment without its tags, on one line. */
  readonly text: string;
  /** The text of `@default`; undefined without one. */
  readonly defaultText: string | undefined;
  /** The properties of its value, an element of it, or an entry of a map of them; none for what has no named fields. */
  readonly properties: readonly TypeProperty[];
}

/** The types that a source file exports (interfaces, aliases, and the instances of classes), by name. */
export function exportedTypes(path: string): ReadonlyMap<string, readonly TypeProperty[]> {
  const root = join(repositoryRoot, path);
  const { config } = ts.readConfigFile(join(repositoryRoot, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, repositoryRoot);
  const program = ts.createProgram([root], { ...options, incremental: false });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(root);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${path} exports nothing`);
  return new Map(
    checker.getExportsOfModule(module).map((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      return [exported.name, propertiesOf(checker, checker.getDeclaredTypeOfSymbol(symbol))];
    }),
  );
}

function propertiesOf(checker: ts.TypeChecker, type: ts.Type): readonly TypeProperty[] {
  const found = new Map<string, ts.Symbol>();
  for (const part of type.isUnion() ? type.types : [type]) {
    for (const property of checker.getPropertiesOfType(part)) {
      // In a union of "either this or that" the comment stands at the member that may be given.
      const isGiven = checker.typeToString(checker.getTypeOfSymbol(property)) !== "undefined";
      if (isGiven || !found.has(property.name)) found.set(property.name, property);
    }
  }
  return [...found.values()].map((property) => ({
    name: property.name,
    isOptional: (property.flags & ts.SymbolFlags.Optional) !== 0,
    text: ts.displayPartsToString(property.getDocumentationComment(checker)).replaceAll(/\s+/g, " "),
    defaultText: property
      .getJsDocTags(checker)
      .filter(({ name }) => name === "default")
      .map(({ text }) => ts.displayPartsToString(text))[0],
    properties: valueTypes(checker, checker.getTypeOfSymbol(property)).flatMap((value) => propertiesOf(checker, value)),
  }));
}

/** The object types of this repository's own that a value may be, leaving promises and outputs, lists and maps away. */
function valueTypes(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  if (type.isUnion()) return type.types.flatMap((part) => valueTypes(checker, part));
  const index = checker.getIndexInfosOfType(type)[0];
  if (checker.isArrayType(type)) {
    const [element] = checker.getTypeArguments(type as ts.TypeReference);
    return element === undefined ? [] : valueTypes(checker, element);
  }
  if (index !== undefined && type.getProperties().length === 0) return valueTypes(checker, index.type);
  const name = type.aliasSymbol?.name ?? type.symbol?.name ?? "";
  return /Args$|^__type$/.test(name) && type.getProperties().length > 0 ? [type] : [];
}
