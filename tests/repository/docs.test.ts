import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { errorCodes } from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { readSource, repositoryFiles, repositoryRoot, typescriptFiles } from "../support/source-files.ts";

const files = repositoryFiles();
const pages = files.filter((path) => path.endsWith(".md"));
const PackageJson = z.object({
  name: z.string(),
  scripts: z.record(z.string(), z.string()).default({}),
  license: z.string().optional(),
});
const readPackage = (path: string) => PackageJson.parse(JSON.parse(readSource(path)));

describe("each package", () => {
  const manifests = files.filter((path) => /^[^/]+\/package\.json$/.test(path));
  // The tests have no promises of their own; docs/architecture/tests.md describes them all the same.
  const names = manifests.map((path) => dirname(path));

  test.each(names)(
    "%s has a page that says where to start reading, which tests to run and what must stay true",
    (name) => {
      const page = `docs/architecture/${name}.md`;
      expect(files).toContain(page);
      const text = readSource(page).toLowerCase();
      for (const heading of ["where to start reading", "which tests to run", "what must stay true"]) {
        expect({ page, has: text.includes(heading) ? heading : "not this" }).toEqual({ page, has: heading });
      }
    },
  );

  test.each(names)("%s is under the repository's licence", (name) => {
    expect(readPackage(`${name}/package.json`).license).toBe("Apache-2.0");
  });
});

describe("pages", () => {
  const link = /\]\(([^)\s]+)\)/g;

  test("link only to what exists", () => {
    const broken = pages.flatMap((page) =>
      [...withoutCode(readSource(page)).matchAll(link)].flatMap(([, target = ""]) => {
        if (/^(https?:|mailto:|#)/.test(target)) return [];
        const path = normalize(join(dirname(page), target.split("#")[0] ?? ""));
        return existsSync(join(repositoryRoot, path)) ? [] : [`${page}: ${target}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  test("call only npm commands that exist", () => {
    const { scripts } = readPackage("package.json");
    const called = pages.flatMap((page) =>
      [...readSource(page).matchAll(/\bnpm (?:run ([a-z][a-z-]*)|(test)\b)/g)].map((match) => ({
        page,
        name: match[1] ?? match[2] ?? "",
      })),
    );
    expect(called.filter(({ name }) => scripts[name] === undefined)).toEqual([]);
    expect(called.filter(({ page }) => page === "README.md").map(({ name }) => name)).toContain("demo");
  });

  test("name only files of this repository in their code spans", () => {
    // `folder/file.ts`: a path with a slash and an ending of our own sources.
    const span = /`((?:[a-z0-9.-]+\/)+[a-z0-9.-]+\.(?:ts|mjs|sql|md))`/g;
    const tops = new Set(files.map((path) => path.split("/")[0]));
    const missing = pages.flatMap((page) =>
      [...readSource(page).matchAll(span)].flatMap(([, path = ""]) =>
        tops.has(path.split("/")[0]) && !files.includes(path) ? [`${page}: ${path}`] : [],
      ),
    );
    expect(missing).toEqual([]);
  });
});

describe("decisions", () => {
  const decisions = files.filter((path) => /^docs\/decisions\/\d{4}-.*\.md$/.test(path));

  test("are all listed in the index", () => {
    const index = readSource("docs/decisions/README.md");
    expect(decisions.filter((path) => !index.includes(`(${path.split("/").at(-1)})`))).toEqual([]);
  });

  test("say context, decision and consequences", () => {
    const incomplete = decisions.filter((path) => {
      const text = readSource(path).toLowerCase();
      return !["context", "decision", "consequences"].every((word) => text.includes(word));
    });
    expect(incomplete).toEqual([]);
  });

  test("have numbers of their own", () => {
    const numbers = decisions.map((path) => path.split("/").at(-1)?.slice(0, 4));
    expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual([]);
  });
});

describe("error codes", () => {
  const sources = typescriptFiles()
    .filter((path) => path.startsWith("control-plane/src/"))
    .map(readSource)
    .join("\n");

  test("of the table are all answered somewhere in the control plane", () => {
    const unused = Object.keys(errorCodes).filter((code) => !new RegExp(`["'\`]${code}["'\`]`).test(sources));
    expect(unused).toEqual([]);
  });
});

/** Text in fences and spans is no Markdown. */
const withoutCode = (text: string): string => text.replaceAll(/```[\s\S]*?```/g, "").replaceAll(/`[^`\n]*`/g, "");
