import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "../setup/repository.ts";

/** The page of all examples: the question of each README leads to its folder. */
export async function exampleIndex(): Promise<string> {
  const folder = join(repositoryRoot, "examples");
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  const rows = await Promise.all(
    names.map(async (name) => {
      const question = questionOf(await readFile(join(folder, name, "README.md"), "utf8"), name);
      return `| ${question} | [${name}](../examples/${name}/README.md) |`;
    }),
  );
  return [
    "# Examples",
    "",
    "Each is a complete program: copy the folder, set what its README lists, `pulumi up`. The tests run every one of them, with the engine or under mocks. New here?",
    "Begin with [Getting started](getting-started.md).",
    "",
    "| question | example |",
    "| --- | --- |",
    ...rows,
    "",
    "This page is made from the READMEs by `npm run check -- --update`.",
    "",
  ].join("\n");
}

/** The line of a README that says which question the example answers. */
function questionOf(readme: string, name: string): string {
  const question = /^> (.+\?)$/m.exec(readme)?.[1];
  if (question === undefined) {
    throw new Error(`examples/${name}/README.md asks no question; put a line "> How do I …?" below its heading`);
  }
  return question.replaceAll("|", "\\|");
}
