import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { execa } from "execa";
import { repositoryRoot } from "../src/setup/repository.ts";

const main = (...args: string[]) =>
  execa("node", [join(repositoryRoot, "tools", "src", "main.ts"), ...args], {
    reject: false,
    all: true,
    timeout: 60_000,
  });

test("without a command the commands are listed", async () => {
  const { all, exitCode } = await main();
  expect(exitCode).toBe(1);
  for (const name of ["setup", "demo", "dev", "test", "check", "lab", "bench"]) expect(all).toContain(`\n  ${name} `);
});

test("options after a command's name belong to the command", async () => {
  const { stdout, exitCode } = await main("setup", "--help");
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining("Usage: npm run setup")]);
});

test("an unknown command is an error that names it", async () => {
  const { stderr, exitCode } = await main("nonsense");
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining("unknown command 'nonsense'")]);
});
