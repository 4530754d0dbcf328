import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { repositoryRoot } from "../setup/repository.ts";

/** What doc comments say, by `Schema` or `Schema.field.field`. */
export type FieldDocs = Readonly<Record<string, string>>;

type Constants = ReadonlyMap<string, ts.Expression>;

/**
 * The doc comments of the schemas in the contract. A document that is served cannot read sources, and to say everything twice, as a comment
 * and as a description, would not stay true for long.
 */
export async function readFieldDocs(folder = "contract/src"): Promise<FieldDocs> {
  const docs = new Map<string, string>();
  for (const path of (await readdir(join(repositoryRoot, folder), { recursive: true })).sort()) {
    if (path.endsWith(".ts")) collect(path, await readFile(join(repositoryRoot, folder, path), "utf8"), docs);
  }
  return Object.fromEntries([...docs].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The source of the module that carries them to whoever serves the document. */
export async function fieldDocsModule(): Promise<string> {
  const docs = await readFieldDocs();
  return [
    "// Made from the doc comments of contract/src by `npm run check -- --update`; never edited by hand.",
    "/** What is said about the schemas of the contract and their fields, by `Schema` or `Schema.field.field`. */",
    `export const fieldDocs: Readonly<Record<string, string>> = ${JSON.stringify(docs, null, 2)};`,
    "",
  ].join("\n");
}

function collect(path: string, text: string, docs: Map<string, string>): void {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const statements = source.statements.filter(ts.isVariableStatement);
  const declared = statements.flatMap((statement) =>
    statement.declarationList.declarations.flatMap(({ name, initializer }) =>
      ts.isIdentifier(name) && initializer !== undefined ? [{ name: name.text, initializer, statement }] : [],
    ),
  );
  const constants: Constants = new Map(declared.map(({ name, initializer }) => [name, initializer]));
  for (const { name, initializer, statement } of declared) {
    if (!statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) continue;
    const schema = fieldsOf(initializer, constants, new Set());
    if (schema.length === 0 && !/\bdefine(Resource|Type)\b/.test(initializer.getText())) continue;
    note(docs, name, commentOf(statement));
    noteFields(docs, name, schema, constants);
  }
}

function noteFields(
  docs: Map<string, string>,
  path: string,
  fields: readonly ts.PropertyAssignment[],
  constants: Constants,
): void {
  for (const field of fields) {
    const at = `${path}.${field.name.getText().replaceAll(/["']/g, "")}`;
    note(docs, at, commentOf(field));
    noteFields(docs, at, fieldsOf(field.initializer, constants, new Set()), constants);
  }
}

/** The members of the object that an expression such as `optional(z.array(z.object({ … })))` is about. */
function fieldsOf(node: ts.Node, constants: Constants, seen: Set<string>): ts.PropertyAssignment[] {
  if (ts.isIdentifier(node)) {
    const constant = constants.get(node.text);
    if (constant === undefined || seen.has(node.text)) return [];
    return fieldsOf(constant, constants, new Set(seen).add(node.text));
  }
  if (ts.isCallExpression(node)) {
    if (isObjectSchema(node.expression)) {
      const inherited = ts.isPropertyAccessExpression(node.expression)
        ? fieldsOf(node.expression.expression, constants, seen)
        : [];
      return [...inherited, ...node.arguments.flatMap((argument) => membersOf(argument, constants))];
    }
    return [node.expression, ...node.arguments].flatMap((part) => fieldsOf(part, constants, seen));
  }
  if (ts.isPropertyAccessExpression(node)) return fieldsOf(node.expression, constants, seen);
  return [];
}

const isObjectSchema = (callee: ts.Expression): boolean =>
  ts.isPropertyAccessExpression(callee) && /^(object|looseObject|strictObject|extend)$/.test(callee.name.text);

function membersOf(node: ts.Expression, constants: Constants): ts.PropertyAssignment[] {
  if (ts.isIdentifier(node)) {
    const constant = constants.get(node.text);
    return constant === undefined ? [] : membersOf(constant, constants);
  }
  if (!ts.isObjectLiteralExpression(node)) return [];
  return node.properties.flatMap((member) => {
    if (ts.isSpreadAssignment(member)) return membersOf(member.expression, constants);
    return ts.isPropertyAssignment(member) ? [member] : [];
  });
}

function note(docs: Map<string, string>, name: string, text: string | undefined): void {
  if (text !== undefined && !docs.has(name)) docs.set(name, text);
}

function commentOf(node: ts.Node): string | undefined {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).reverse();
  const text = ts.getTextOfJSDocComment(comment?.comment)?.replaceAll(/\{@link (\w+)\}/g, "`$1`");
  return text?.replaceAll(/\s*\n\s*/g, " ").trim() || undefined;
}
