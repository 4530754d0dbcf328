import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { isDebianLike } from "../../src/setup/debian-source.ts";
import { hostPlatform } from "../../src/setup/platform.ts";
import { formatElapsed } from "../../src/setup/progress.ts";
import { goModuleFolder } from "../../src/setup/repository.ts";
import { TOOL_NAMES } from "../../src/setup/tool.ts";
import { toolDefinition } from "../../src/setup/tool-table.ts";

describe.each(TOOL_NAMES.map((name) => ({ name, tool: toolDefinition(name) })))(
  "the definition of $name",
  ({ tool }) => {
    test("has at least one source", () => {
      expect(tool.path ?? tool.folder ?? tool.release ?? tool.go).toBeDefined();
    });

    test("downloads over TLS only, with a checksum", () => {
      for (const os of ["linux", "darwin"] as const) {
        const release = tool.release?.({ os, arch: "arm64" });
        if (!release) continue;
        expect([release.url, release.checksumUrl]).toEqual([
          expect.stringMatching(/^https:/),
          expect.stringMatching(/^https:/),
        ]);
        expect(release.sha256 ?? "0".repeat(64)).toMatch(/^[0-9a-f]{64}$/);
      }
    });

    test("builds from modules whose checksums are committed", () => {
      for (const { folder, package: path } of tool.go?.builds ?? []) {
        expect(existsSync(join(goModuleFolder(folder), "go.mod"))).toBe(true);
        const ownSource = path.startsWith("arcfleet.invalid/");
        expect(existsSync(join(goModuleFolder(folder), "go.sum"))).toBe(!ownSource);
      }
    });

    test("has a version when it is downloaded or built", () => {
      if (tool.release || tool.go) expect(tool.version).toMatch(/^\d+\.\d+\.\d+$/);
    });
  },
);

test("knows Debian and what is made from it", () => {
  expect(isDebianLike('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n')).toBe(true);
  expect(isDebianLike('ID=linuxmint\nID_LIKE="ubuntu debian"\n')).toBe(true);
  expect(isDebianLike("ID=fedora\n")).toBe(false);
});

test("refuses an operating system it has no tools for", () => {
  expect(() => hostPlatform("win32", "x64")).toThrow("use WSL 2");
});

test("tells elapsed time in words", () => {
  expect([formatElapsed(400), formatElapsed(59_000), formatElapsed(125_000)]).toEqual(["0 s", "59 s", "2 min 5 s"]);
});
