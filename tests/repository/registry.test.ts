import { fullType, registry, types } from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";
import { readSource, repositoryFiles } from "../support/source-files.ts";

const files = repositoryFiles();
const kebab = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const pascal = (key: string): string => key.charAt(0).toUpperCase() + key.slice(1);
const examples = files.filter((path) => /^examples\/[^/]+\/.*\.ts$/.test(path)).map(readSource);

describe.each(Object.entries(types))("the resource type %s", (key, definition) => {
  test("has a folder of its own in the contract", () => {
    expect(files).toContain(`contract/src/resources/${kebab(key)}/index.ts`);
  });

  test("has a class in the SDK", () => {
    expect(readSource(`sdk/src/${kebab(key)}.ts`)).toMatch(new RegExp(`export class ${pascal(key)}\\b`));
  });

  test("is used by an example", () => {
    expect(examples.some((text) => text.includes(`new ${pascal(key)}(`))).toBe(true);
  });

  test("has a page for users", () => {
    const page = `docs/resources/${kebab(key)}.md`;
    expect(files).toContain(page);
    expect(readSource(page)).toContain(fullType(definition));
  });
});

test("type names are written in the registry and nowhere else in the generic code", () => {
  const generic = files.filter((path) =>
    /^(control-plane\/src\/(http|operations|db|jobs)|provider\/src\/(lifecycle|arm-client))\/.*\.ts$/.test(path),
  );
  const names = Object.values(registry).map(({ type }) => type);
  const wrong = generic.flatMap((path) =>
    readSource(path)
      .split("\n")
      .flatMap((line, at) =>
        isCode(line) && names.some((name) => line.includes(`"${name}"`)) ? [`${path}:${at + 1}: ${line.trim()}`] : [],
      ),
  );
  expect(wrong).toEqual([]);
});

const isCode = (line: string): boolean => !/^\s*(\*|\/\/|\/\*)/.test(line);
