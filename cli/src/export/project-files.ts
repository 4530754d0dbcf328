import { existsSync, realpathSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import type { ProgramFacts } from "./program.ts";

/** The checkout around this package; the packages are not published yet. */
const checkout = resolve(import.meta.dirname, "../../..");

/** The files around the program, by name. */
export function projectFiles(out: string, endpoint: string, facts: ProgramFacts): Readonly<Record<string, string>> {
  const plain = basename(out).replaceAll(/[^\w.-]+/g, "-");
  const name = /^[a-z]/i.test(plain) ? plain : `fleet-${plain}`;
  return {
    "Pulumi.yaml": pulumiYaml(name, endpoint),
    "package.json": `${JSON.stringify(packageJson(name, out), null, 2)}\n`,
    "README.md": readme(name, endpoint, out, facts),
    ".gitignore": "node_modules/\n",
  };
}

const pulumiYaml = (name: string, endpoint: string): string => `name: ${name}
description: ${JSON.stringify(`What was in the control plane ${endpoint}`)}
runtime:
  name: nodejs
  options:
    # Node 24 runs TypeScript by itself.
    typescript: false
`;

const packageJson = (name: string, out: string): object => ({
  name: name.toLowerCase(),
  private: true,
  type: "module",
  main: "index.ts",
  ...(isInside(out, checkout) ? {} : { dependencies: linkedPackages(out) }),
});

/** Packages of the checkout by path. Node must find one and the same `@pulumi/pulumi` from here and from there. */
function linkedPackages(out: string): Readonly<Record<string, string>> {
  const packages = {
    "@arcfleet/provider": "provider",
    "@arcfleet/sdk": "sdk",
    "@pulumi/pulumi": "node_modules/@pulumi/pulumi",
  };
  return Object.fromEntries(
    Object.entries(packages).map(([name, path]) => [name, `file:${relative(out, join(checkout, path))}`]),
  );
}

const isInside = (path: string, folder: string): boolean =>
  nearestReal(path).startsWith(`${realpathSync(folder)}${sep}`);

/** The real path of a folder that may not be there yet. */
function nearestReal(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(nearestReal(resolve(path, "..")), basename(path));
}

function readme(name: string, endpoint: string, out: string, { secrets }: ProgramFacts): string {
  const install = isInside(out, checkout) ? "" : "`npm install` links the packages of the checkout that wrote it. ";
  const lines = [
    `# ${name}`,
    "",
    `Declares what was in the control plane ${endpoint}, to be taken over: each resource says \`adopt: true\`, which may be taken out once that is done.`,
    `${install}Set ARCFLEET_CONNECTION as usual, then \`pulumi stack init\` and \`pulumi up\`: it reads and compares, and writes nothing.`,
    "Afterwards `pulumi preview` shows no change, and the program is yours to change. Two programs must not own the same resources.",
  ];
  const settings = secrets.map((key) => `pulumi config set --secret ${key}`);
  const toSet = [
    "",
    "No control plane tells its secrets. Set them before the first `pulumi up`:",
    "",
    "```",
    ...settings,
    "```",
  ];
  return `${[...lines, ...(secrets.length === 0 ? [] : toSet)].join("\n")}\n`;
}
