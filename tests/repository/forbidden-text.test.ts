import { describe, expect, test } from "@jest/globals";
import { linesMatching, textFiles, typescriptFiles } from "../support/source-files.ts";

const thisFile = "tests/repository/forbidden-text.test.ts";
const text = textFiles().filter((path) => path !== thisFile);
const programs = text.filter((path) => /\.(ts|mjs|js|sh|yaml|yml|tpl)$/.test(path) || path.startsWith(".ci/"));

/** Hosts are put together here, so that this very file does not hold them. */
const registryHosts = [
  ["registry", "npmjs", "org"],
  ["registry", "npmjs", "com"],
  ["registry", "yarnpkg", "com"],
  ["npm", "pkg", "github", "com"],
  ["pypi", "org"],
  ["files", "pythonhosted", "org"],
  ["proxy", "golang", "org"],
  ["sum", "golang", "org"],
  ["deb", "debian", "org"],
  ["security", "debian", "org"],
].map((parts) => parts.join("\\."));

describe("nothing in the repository", () => {
  test("names a package registry: which one is used is a matter of the machine's own settings", () => {
    const pattern = new RegExp(registryHosts.join("|"));
    expect(text.flatMap((path) => linesMatching(path, pattern))).toEqual([]);
  });

  test("turns the verification of certificates off", () => {
    const pattern =
      /rejectUnauthorized\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED|--insecure-skip-tls-verify|insecureSkipTLSVerify\s*:\s*true|InsecureSkipVerify\s*:\s*true|checkServerIdentity\s*:\s*\(\)|GIT_SSL_NO_VERIFY|--insecure\b|--plain-http\b/i;
    expect(programs.flatMap((path) => linesMatching(path, pattern))).toEqual([]);
  });

  test("holds a private key or a personal path", () => {
    const pattern = /-----BEGIN (RSA |EC )?PRIVATE KEY-----\s*[A-Za-z0-9+/]{20}|\/(home|Users)\/[a-z][a-z0-9]+\//;
    expect(text.flatMap((path) => linesMatching(path, pattern))).toEqual([]);
  });

  test("leaves a mark of unfinished work that names no issue", () => {
    const pattern = /\b(TODO|FIXME|XXX|HACK)\b(?!.*#\d)/;
    const code = text.filter((path) => /\.(ts|mjs|js)$/.test(path));
    expect(code.flatMap((path) => linesMatching(path, pattern))).toEqual([]);
  });
});

describe("the environment", () => {
  // Programs read their settings in main.ts. The provider's program is the Pulumi engine, so it reads them where it is hosted.
  const readers = /(\/main\.ts|\/settings\.ts|-settings\.ts|^provider\/src\/hosting\/hosted\.ts)$/;

  test("is read where settings are read, and nowhere else", () => {
    const wrong = typescriptFiles()
      .filter((path) => /^[^/]+\/src\//.test(path) && !path.startsWith("tools/") && !readers.test(path))
      .flatMap((path) => linesMatching(path, /process\.env\b/));
    expect(wrong).toEqual([]);
  });
});

describe("tests", () => {
  const tests = typescriptFiles().filter((path) => path.endsWith(".test.ts") && path !== thisFile);

  test("are never skipped or singled out: a missing dependency fails them", () => {
    const pattern = /\b(test|it|describe)\.(skip|only|todo|failing)\b|\b(xit|xtest|xdescribe|fit|fdescribe)\(/;
    expect(tests.flatMap((path) => linesMatching(path, pattern))).toEqual([]);
  });

  test("do not replace modules: they run the real thing", () => {
    expect(tests.flatMap((path) => linesMatching(path, /jest\.(mock|unstable_mockModule)\(/))).toEqual([]);
  });

  test("import what Jest offers, so that types are checked", () => {
    // Examples show what users do, and those have test runners of their own.
    const own = tests.filter((path) => !path.startsWith("examples/"));
    expect(own.filter((path) => linesMatching(path, /from "@jest\/globals"/).length === 0)).toEqual([]);
  });
});

describe("sources", () => {
  test("have no file named after everything and nothing", () => {
    const vague = /(^|\/)(utils?|helpers?|common|misc|manager|service|types)\.(ts|mjs)$/;
    expect(typescriptFiles().filter((path) => vague.test(path))).toEqual([]);
  });

  test("are named in kebab-case", () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.ts$/;
    expect(typescriptFiles().filter((path) => !kebab.test(path.split("/").at(-1) ?? ""))).toEqual([]);
  });

  test("export by name", () => {
    const sources = typescriptFiles().filter((path) => path.includes("/src/"));
    expect(sources.flatMap((path) => linesMatching(path, /^export default /))).toEqual([]);
  });

  test("hold no unchecked way around the types", () => {
    const sources = typescriptFiles().filter((path) => path.includes("/src/"));
    expect(sources.flatMap((path) => linesMatching(path, /\bas unknown as\b|\bas any\b|@ts-ignore/))).toEqual([]);
  });
});
