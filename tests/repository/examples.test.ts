import { pathToFileURL } from "node:url";
import { mockFleet } from "@arcfleet/sdk/testing";
import { describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import ts from "typescript";
import { sampleOptions } from "../support/example-settings.ts";
import {
  exampleNames,
  filesOf,
  hasProgram,
  packageOf,
  programOf,
  projectOf,
  readmeOf,
  settingsInReadme,
} from "../support/examples.ts";
import { readSource, repositoryRoot } from "../support/source-files.ts";

describe.each(exampleNames)("the example %s", (example) => {
  test("is a project whose settings say what they mean", () => {
    const { name, config } = projectOf(example);
    expect(name).toBe(example);
    expect(Object.keys(config).filter((key) => !key.startsWith(`${example}:`))).toEqual([]);
  });

  test("keeps the settings of people's own stacks out of the repository", () => {
    expect(filesOf(example)).toContain(".gitignore");
    expect(readSource(`examples/${example}/.gitignore`)).toContain("Pulumi.*.yaml");
  });

  test("has a README that says how to run it and lists exactly its settings", () => {
    expect(readmeOf(example)).toMatch(/^pulumi up$/m);
    expect(readmeOf(example)).toContain("pulumi destroy");
    const settings = Object.keys(projectOf(example).config).map((key) => key.slice(example.length + 1));
    expect(settingsInReadme(example).sort()).toEqual(settings.sort());
  });
});

describe.each(exampleNames.filter(hasProgram))("the program of the example %s", (example) => {
  test("runs as it is under Node, with what its package.json lists", () => {
    expect(projectOf(example).runtime).toEqual({ name: "nodejs", options: { typescript: false } });
    const { name, main, dependencies } = packageOf(example);
    expect({ name, main }).toEqual({ name: `@arcfleet/example-${example}`, main: "index.ts" });
    const sources = filesOf(example).filter((path) => path.endsWith(".ts"));
    const imported = sources.flatMap((path) => packagesIn(readSource(`examples/${example}/${path}`)));
    expect(imported.filter((one) => dependencies[one] === undefined)).toEqual([]);
  });

  test.each([false, true])("declares resources that the provider accepts (preview: %s)", async (preview) => {
    const program = pathToFileURL(programOf(example));
    const fleet = await mockFleet(program, { ...sampleOptions(example), preview });
    expect(fleet.resources.filter(({ kind, isRead }) => kind !== undefined && !isRead)).not.toEqual([]);
  });
});

test("the test that docs/testing.md shows is that of the example fleet, and passes under Node's own test runner", async () => {
  const file = "examples/fleet/test/fleet.test.ts";
  expect(readSource("docs/testing.md")).toContain(`\`\`\`ts\n${readSource(file)}\`\`\``);
  // Jest's own flags mean nothing to it.
  const { all, exitCode } = await execa(process.execPath, ["--test", file], {
    cwd: repositoryRoot,
    env: { NODE_OPTIONS: "" },
    all: true,
    reject: false,
  });
  expect({ exitCode, all }).toEqual({ exitCode: 0, all: expect.stringMatching(/^. pass [1-9]/m) });
});

/** The names of the packages that a source imports, Node's own left out. */
const packagesIn = (source: string): string[] =>
  ts
    .preProcessFile(source, true, false)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((specifier) => !/^(\.|node:)/.test(specifier))
    .map((specifier) =>
      specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/"),
    );
