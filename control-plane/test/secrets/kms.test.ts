import { randomBytes } from "node:crypto";
import { chmod, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { rotateMasterKey } from "../../src/maintenance/index.ts";
import { azureKeyVault } from "../../src/secrets/azure-key-vault.ts";
import { execKms } from "../../src/secrets/exec-kms.ts";
import { type VaultFixture, vaultFixture } from "../support/vault-fixture.ts";
import { waitFor } from "../support/wait-for.ts";

/** A KMS as a program: it adds its own name, and refuses while a file says so. */
const program = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync } = require("node:fs");
const { op, keyId, data } = JSON.parse(readFileSync(0, "utf8"));
appendFileSync(__dirname + "/calls", op + "\\n");
if (existsSync(__dirname + "/away")) { console.error("the KMS is away"); process.exit(3); }
const bytes = Buffer.from(data, "base64");
const mark = Buffer.from(keyId);
const flip = (text) => Buffer.from(text.map((byte) => byte ^ 0x5a));
const out = op === "wrap" ? Buffer.concat([mark, flip(bytes)]) : flip(bytes.subarray(mark.length));
console.log(JSON.stringify({ data: out.toString("base64") }));
`;

describe("a KMS behind a program", () => {
  let vault: VaultFixture;
  let command: string[];
  let kmsFile: string;
  beforeEach(async () => {
    vault = await vaultFixture();
    command = [join(vault.dir, "kms.cjs")];
    await writeFile(join(vault.dir, "kms.cjs"), program);
    await chmod(join(vault.dir, "kms.cjs"), 0o755);
    kmsFile = join(vault.dir, "kms.json");
    await writeFile(kmsFile, JSON.stringify({ kind: "exec", command, keyId: "prod", cacheMs: 1000 }));
  });
  afterEach(async () => vault[Symbol.asyncDispose]());

  test("wraps the keys of the database, and no key file is made", async () => {
    const sealed = (await vault.open({ kmsFile })).seal("a", "c");
    expect((await vault.open({ kmsFile })).open(sealed, "c")).toBe("a");
    const row = await vault.store.read.selectFrom("data_encryption_keys").selectAll().executeTakeFirstOrThrow();
    expect(row.wrapped_by).toBe("exec:prod");
    await expect(vault.open()).rejects.toThrow(/master\.key is missing/);
    await expect(vault.open({ masterKey: randomBytes(32).toString("base64") })).rejects.toThrow(
      /wrapped by the key 'prod' of a KMS \(exec\), which .* does not name: name it with --kms-file/,
    );
  });

  test("that is away stops a start in words; a running replica goes on for the time that keys are kept", async () => {
    const secrets = await vault.open({ kmsFile });
    const sealed = secrets.seal("a", "c");
    await writeFile(join(vault.dir, "away"), "");
    // Before anything slow: the time runs.
    expect(secrets.open(sealed, "c")).toBe("a");
    await expect(vault.open({ kmsFile })).rejects.toThrow(/cannot be opened with 'exec:prod'/);
    await waitFor("the end of the time that keys are kept", async () => {
      try {
        secrets.open(sealed, "c");
        return false;
      } catch (error) {
        expect(String(error)).toMatch(/cannot be opened now/);
        return true;
      }
    });
  });

  test("takes over from a master key, which is then only needed for old backups", async () => {
    const before = (await vault.open()).seal("a", "c");
    const secrets = await vault.open({ kmsFile });
    expect(secrets.open(before, "c")).toBe("a");
    const done = await rotateMasterKey({
      store: vault.store,
      ring: secrets.ring,
      ownFileIn: undefined,
      onProgress: () => {},
    });
    expect(done).toMatchObject({ wrappedBy: "exec:prod", rewrapped: 1 });
    const masterKey = randomBytes(32).toString("base64");
    expect((await vault.open({ kmsFile, masterKey })).open(before, "c")).toBe("a");
  });

  test("faults are named: a program that fails, hangs, is missing or talks nonsense; settings that are wrong", async () => {
    const key = randomBytes(32);
    const run = (line: string[], timeoutMs = 5000) => execKms({ command: line, keyId: "k", timeoutMs }).wrap(key, "k");
    await expect(run(["/bin/sh", "-c", "echo no rights >&2; exit 3"])).rejects.toThrow(
      /'\/bin\/sh' ended with 3: no rights/,
    );
    await expect(run(["/bin/sleep", "30"], 100)).rejects.toThrow(/was ended by SIGKILL \(it has 100 ms\)/);
    await expect(run(["/nowhere/kms"])).rejects.toThrow(/'\/nowhere\/kms' cannot be started/);
    await expect(run(["/bin/cat"])).resolves.toBe(key.toString("base64"));
    await expect(run(["/bin/echo", "hunter2"])).rejects.toThrow(/did not answer 'wrap' with/);
    await expect(run(["/bin/echo", "hunter2"])).rejects.not.toThrow(/hunter2/);
    await writeFile(kmsFile, '{"kind":"exec"}');
    await expect(vault.open({ kmsFile })).rejects.toThrow(/kms\.json are not as docs\/operations\/keys\.md describes/);
    await expect(vault.open({ kmsFile: "/nowhere" })).rejects.toThrow(/\/nowhere cannot be read/);
  });
});

describe("Azure Key Vault", () => {
  test("wraps with the newest version and unwraps with the one that wrapped", async () => {
    const calls: { url: string; authorization: string | undefined; body: { alg: string; value: string } }[] = [];
    const server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk) => {
        text += chunk;
      });
      request.on("end", () => {
        const body = JSON.parse(text);
        calls.push({ url: request.url ?? "", authorization: request.headers.authorization, body });
        response.setHeader("content-type", "application/json");
        if (body.value === Buffer.alloc(32, 1).toString("base64url")) {
          response.statusCode = 403;
          return response.end('{"error":{"code":"Forbidden","message":"no wrapKey permission"}}');
        }
        response.end(JSON.stringify({ kid: `${base}/keys/arc/v7`, value: body.value }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const base = `http://localhost:${(server.address() as AddressInfo).port}`;
    try {
      const scopes: string[] = [];
      const wrapper = azureKeyVault(
        { keyUrl: `${base}/keys/arc`, algorithm: "RSA-OAEP-256", timeoutMs: 5000 },
        async (scope) => {
          scopes.push(scope);
          return "token";
        },
      );
      const key = randomBytes(32);
      const wrapped = await wrapper.wrap(key, "k");
      expect(wrapped.startsWith("v7.")).toBe(true);
      expect(await wrapper.unwrap(wrapped, "k")).toEqual(key);
      expect(calls.map(({ url }) => url)).toEqual([
        "/keys/arc/wrapkey?api-version=7.4",
        "/keys/arc/v7/unwrapkey?api-version=7.4",
      ]);
      expect(calls[0]).toMatchObject({ authorization: "Bearer token", body: { alg: "RSA-OAEP-256" } });
      await expect(wrapper.wrap(Buffer.alloc(32, 1), "k")).rejects.toThrow(/403: Forbidden: no wrapKey permission/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
