import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "../setup/repository.ts";

/** The index of all decision pages, from their headings. */
export async function decisionIndex(): Promise<string> {
  const folder = join(repositoryRoot, "docs", "decisions");
  const pages = (await readdir(folder)).filter((name) => /^\d{4}-.*\.md$/.test(name)).sort();
  const rows = await Promise.all(
    pages.map(
      async (name) =>
        `| ${name.slice(0, 4)} | [${titleOf(await readFile(join(folder, name), "utf8"), name)}](${name}) |`,
    ),
  );
  return [
    "# Decisions",
    "",
    "Why things are as they are: context, decision, consequences. A page is changed when its decision is; the old reasons stay in the history.",
    "This index is made by `npm run check -- --update`.",
    "",
    "| number | decision |",
    "| --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function titleOf(page: string, name: string): string {
  const heading = /^# (.+)$/m.exec(page)?.[1];
  if (heading === undefined)
    throw new Error(`docs/decisions/${name} has no heading; begin it with "# ${name.slice(0, 4)}: …"`);
  return heading.replace(/^(decision )?\d{4}[:.]?\s*(-\s*)?/i, "").replaceAll("|", "\\|");
}
