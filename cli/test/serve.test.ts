import { execFile } from "node:child_process";
import { access, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Connection } from "@arcfleet/contract";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { bin, type Served, serve } from "./support/served.ts";

const run = promisify(execFile);
const TIMEOUT_MS = 120_000;

describe("arcfleet serve", () => {
  let dataDir: string;
  let served: Served | undefined;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "arcfleet-serve-"));
  });
  afterEach(async () => {
    if (served?.child.exitCode === null && served.child.signalCode === null) await served.end("SIGKILL");
    served = undefined;
    await rm(dataDir, { recursive: true, force: true });
  });

  /** What an unmodified @azure/identity client in a process of its own gets. */
  async function askAsClient(connection: Connection): Promise<Record<string, unknown>> {
    const { stdout } = await run(
      process.execPath,
      [resolve(import.meta.dirname, "support/azure-client.mjs"), JSON.stringify(connection)],
      { env: { NODE_EXTRA_CA_CERTS: connection.caFile }, timeout: TIMEOUT_MS },
    );
    return JSON.parse(stdout);
  }
  const call = async (connection: Connection, token: unknown): Promise<number> => {
    const script = `fetch(${JSON.stringify(`${connection.endpoint}/subscriptions?api-version=2022-12-01`)},{headers:{authorization:"Bearer ${token}"}}).then(r=>console.log(r.status))`;
    const { stdout } = await run(process.execPath, ["-e", script], { env: { NODE_EXTRA_CA_CERTS: connection.caFile } });
    return Number(stdout);
  };

  test(
    "ClientSecretCredential of @azure/identity works unmodified with what connection.json says",
    async () => {
      served = await serve(dataDir);
      const { connection } = served;
      const answer = await askAsClient(connection);
      expect(answer).toMatchObject({ status: 200, body: { value: [{ subscriptionId: connection.subscriptionId }] } });
      expect((await stat(join(dataDir, "connection.json"))).mode & 0o777).toBe(0o600);
      const refused = await askAsClient({ ...connection, clientSecret: "wrong" });
      expect(refused.error).toMatch(/AADSTS7000215: Invalid client secret/);
      for (const secret of [connection.clientSecret, String(answer.token)])
        expect(served.output()).not.toContain(secret);
    },
    TIMEOUT_MS,
  );

  test(
    "killed and started again it has the same port, keys, secrets and valid tokens",
    async () => {
      served = await serve(dataDir);
      const before = served.connection;
      const { token } = await askAsClient(before);
      await served.end("SIGKILL");
      served = await serve(dataDir);
      expect(served.connection).toEqual(before);
      expect(await call(before, token)).toBe(200);
      expect((await askAsClient(before)).status).toBe(200);
    },
    TIMEOUT_MS,
  );

  test.each(["SIGTERM", "SIGINT"] as const)(
    "%s ends it cleanly",
    async (signal) => {
      served = await serve(dataDir);
      expect(await served.end(signal)).toEqual({ code: 0, signal: null });
    },
    TIMEOUT_MS,
  );

  test(
    "a public URL and further names reach the certificate and the connection",
    async () => {
      served = await serve(dataDir, ["--port", "0", "--san", "127.0.0.2"]);
      const port = new URL(served.connection.endpoint).port;
      await served.end("SIGTERM");
      served = await serve(dataDir, ["--port", port, "--public-url", `https://localhost:${port}/`]);
      expect(served.connection.endpoint).toBe(`https://localhost:${port}`);
      expect((await askAsClient(served.connection)).status).toBe(200);
    },
    TIMEOUT_MS,
  );

  const fail = async (...args: string[]): Promise<string> => {
    const error: unknown = await run(process.execPath, [bin, ...args], { env: {}, timeout: TIMEOUT_MS }).catch(
      (reason) => reason,
    );
    expect(error).toMatchObject({ code: expect.any(Number), stderr: expect.any(String) });
    return String((error as { stderr: string }).stderr);
  };

  test(
    "what cannot work is said in words, without a stack",
    async () => {
      expect(await fail("serve")).toMatch(/required option '--data <dir>' not specified/);
      expect(await fail("serve", "--data", dataDir, "--port", "99999")).toMatch(/^arcfleet: port: /);
      expect(await fail("serve", "--data", dataDir, "--public-url", "http://plain")).toMatch(/^arcfleet: publicUrl: /);
      const noFolder = await fail("serve", "--data", dataDir, "--charts", join(dataDir, "none"));
      expect(noFolder).toMatch(/chart folder .*none cannot be read/);
      expect(noFolder).not.toMatch(/^\s+at /m);
      await writeFile(join(dataDir, "file"), "");
      expect(await fail("serve", "--data", join(dataDir, "file"))).toMatch(/^arcfleet: /);
      await expect(access(join(dataDir, "connection.json"))).rejects.toThrow();
    },
    TIMEOUT_MS,
  );

  test(
    "a port that is taken is named",
    async () => {
      served = await serve(dataDir);
      const { port } = new URL(served.connection.endpoint);
      const other = await mkdtemp(join(tmpdir(), "arcfleet-serve-"));
      try {
        expect(await fail("serve", "--data", other, "--port", port)).toContain(`port ${port}`);
      } finally {
        await rm(other, { recursive: true, force: true });
      }
    },
    TIMEOUT_MS,
  );

  test("help says what there is", async () => {
    const { stdout } = await run(process.execPath, [bin, "serve", "--help"], { env: {} });
    for (const option of ["--data", "--port", "--host", "--public-url", "--san", "--charts"])
      expect(stdout).toContain(option);
  });
});
