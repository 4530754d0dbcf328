import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { findOnPath } from "../../src/setup/path-source.ts";
import type { ToolDefinition } from "../../src/setup/tool.ts";
import { temporaryFolders } from "./temporary-folder.ts";

const newFolder = temporaryFolders();

// A name that no machine has, so that only the folders of the test count.
const tool: ToolDefinition = {
  name: "helm",
  neededTo: "try",
  byHand: "install it",
  gives: "program",
  runsOn: "host",
  path: { command: "arcfleet-try", versionArgs: ["version"], accepted: { atLeast: "3.17.0", below: "4.0.0" } },
};

function addProgram(folder: string, name: string, script: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe("findOnPath", () => {
  test("takes the first program of the name when its version is accepted", async () => {
    const [first, second] = [newFolder(), newFolder()];
    const program = addProgram(first, "arcfleet-try", "echo v3.18.0");
    addProgram(second, "arcfleet-try", "echo v3.19.0");
    expect(await findOnPath(tool, [first, second].join(delimiter))).toEqual({
      found: { name: "helm", path: program, version: "3.18.0", source: "PATH" },
    });
  });

  test("refuses another version and says which", async () => {
    const folder = newFolder();
    addProgram(folder, "arcfleet-try", "echo v4.0.1");
    expect(await findOnPath(tool, folder)).toEqual({
      refused: expect.stringContaining("is 4.0.1, accepted is 3.17.0"),
    });
  });

  test("refuses a program that does not run", async () => {
    const folder = newFolder();
    addProgram(folder, "arcfleet-try", "echo no daemon; exit 1");
    expect(await findOnPath(tool, folder)).toEqual({ refused: expect.stringContaining("no daemon") });
  });

  test("passes over a file that cannot be executed", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "arcfleet-try"), "text");
    expect(await findOnPath(tool, folder)).toBeUndefined();
  });

  test("gives the folder a link leads to when the tool consists of several programs", async () => {
    const [bin, home] = [newFolder(), newFolder()];
    addProgram(home, "arcfleet-try", "echo v3.18.0");
    addProgram(home, "arcfleet-try-language", "true");
    symlinkSync(join(home, "arcfleet-try"), join(bin, "arcfleet-try"));
    const several = withBeside(["arcfleet-try-language"]);
    expect(await findOnPath(several, bin)).toMatchObject({ found: { path: home } });
  });

  test("refuses a tool that lacks one of its programs", async () => {
    const folder = newFolder();
    addProgram(folder, "arcfleet-try", "echo v3.18.0");
    const several = withBeside(["arcfleet-try-language"]);
    expect(await findOnPath(several, folder)).toEqual({ refused: expect.stringContaining("arcfleet-try-language") });
  });

  test("finds a folder of programs only when it holds all of them", async () => {
    const parent = newFolder();
    const [half, whole] = [join(parent, "half"), join(parent, "whole")];
    for (const folder of [half, whole]) mkdirSync(folder);
    addProgram(half, "bridge", "true");
    addProgram(whole, "bridge", "true");
    addProgram(whole, "loopback", "true");
    const plugins: ToolDefinition = {
      ...tool,
      gives: "folder",
      path: undefined,
      folder: { candidates: [half, whole], mustHold: ["bridge", "loopback"] },
    };
    expect(await findOnPath(plugins)).toMatchObject({ found: { path: whole } });
  });
});

function withBeside(beside: string[]): ToolDefinition {
  if (!tool.path) throw new Error("the tool of this test has a path source");
  return { ...tool, gives: "folder", path: { ...tool.path, beside } };
}
