import { execFile } from "node:child_process";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const preload = join(import.meta.dirname, "support/say-what-is-loaded.mjs");

/** The files that a command loads until it ends, and what it says. */
async function load(...parameters: string[]): Promise<{ readonly files: string[]; readonly said: string }> {
  const { stdout, stderr } = await run(process.execPath, [
    "--import",
    preload,
    join(root, "cli/bin/arcfleet.mjs"),
    ...parameters,
  ]);
  const urls = stderr.split("\n").filter((line) => line.startsWith("file:"));
  return { files: urls.map((url) => relative(root, fileURLToPath(url))), said: stdout };
}

test.each([
  { parameters: ["--help"], says: /serve[\s\S]*export[\s\S]*user[\s\S]*principal[\s\S]*keys[\s\S]*doctor/ },
  { parameters: ["principal", "create", "--help"], says: /--federated <issuer,subject\[,audience\]>/ },
  { parameters: ["backup", "--help"], says: /--include-keys/ },
])("$parameters.0 … loads what commands are called and take, and nothing of what they do", async (row) => {
  const { files, said } = await load(...row.parameters);
  expect(said).toMatch(row.says);
  expect(files).toContain("cli/src/main.ts");
  expect(files.filter((file) => !/^(cli\/|node_modules\/commander\/)/.test(file))).toEqual([]);
});

test("a command that needs no control plane in its process loads none", async () => {
  const { files, said } = await load("principal", "id", "--issuer", "https://issuer.example", "--subject", "anna");
  expect(said).toMatch(/^[0-9a-f-]{36}\n$/);
  expect(files.filter((file) => file.startsWith("control-plane/"))).toEqual([
    "control-plane/src/identity/outside/outside-ids.ts",
  ]);
});
