import { chmod, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { createArmClient } from "@arcfleet/provider/inventory";
import { settingsFor } from "../connection-settings.ts";
import { ExportOptions } from "./export-settings.ts";
import { formatted } from "./format.ts";
import { findGroups } from "./inventory.ts";
import { kubeconfigsOf } from "./kubeconfigs.ts";
import { Program, type ProgramFacts } from "./program.ts";
import { projectFiles } from "./project-files.ts";
import { writeBehindHead, writeProject } from "./write-project.ts";

/** `arcfleet export`: writes a Pulumi program for what exists in a control plane, to be adopted by it. Reads, and changes nothing there. */
export async function exportProgram(given: unknown): Promise<void> {
  const options = ExportOptions.parse(given);
  const settings = settingsFor(options);
  const client = createArmClient(settings);
  const out = resolve(options.out);
  const program = new Program(
    options.kubeconfigs === undefined ? () => undefined : kubeconfigsOf(options.kubeconfigs, out),
  );
  const groups = findGroups(client, settings.subscriptionId, options.resourceGroup);

  await writeProject(out, async (folder) => {
    await writeBehindHead(join(folder, "index.ts"), laidOut(program.statements(groups)), () => headOf(program.facts()));
    if (program.facts().counts.size === 0) throw new Error(`There is nothing to export in ${client.endpoint}`);
    const files = projectFiles(out, client.endpoint, program.facts());
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await chmod(folder, 0o755);
  });
  process.stdout.write(summary(out, program.facts()));
}

async function* laidOut(statements: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const statement of statements) yield `\n${await formatted(statement)}`;
}

/** The imports, and the configuration when something is read from it. */
function headOf({ counts, secrets }: ProgramFacts): string {
  const names = [...counts.keys()].sort();
  const lines = [`import { ${names.join(", ")} } from "@arcfleet/sdk";`];
  if (secrets.length > 0) lines.push('import { Config } from "@pulumi/pulumi";', "", "const config = new Config();");
  return `${lines.join("\n")}\n`;
}

function summary(out: string, { counts, secrets }: ProgramFacts): string {
  const folder = relative(process.cwd(), out) || ".";
  const lines = [
    `Wrote ${[...counts].map(([name, count]) => `${count} ${name}`).join(", ")} to ${folder}; README.md there says how to go on.`,
    ...(secrets.length === 0 ? [] : ["Secrets that no control plane tells, to be set before the first `pulumi up`:"]),
    ...secrets.map((key) => `  pulumi config set --secret ${key}`),
  ];
  return `${lines.join("\n")}\n`;
}
