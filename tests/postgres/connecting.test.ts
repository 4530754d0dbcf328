// The certificate library needs this polyfill before its own code runs.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { chmod, chown, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as x509 from "@peculiar/x509";
import { openPostgresStore } from "../../control-plane/src/db/postgres/open-postgres-store.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A certificate that is its own CA, and its key. */
async function selfSigned(address: string): Promise<{ certificatePem: string; keyPem: string }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: "CN=database",
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.SubjectAlternativeNameExtension([{ type: "ip", value: address }]),
      ],
    },
    webcrypto,
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const keyPem = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{64}/g, "$&\n")}\n-----END PRIVATE KEY-----\n`;
  return { certificatePem: certificate.toString("pem"), keyPem };
}

let server: PostgresServer;
let folder: TempFolder;
let url: string;

beforeAll(async () => {
  folder = await tempFolder("database-tls");
  server = await startPostgres();
  const { certificatePem, keyPem } = await selfSigned("127.0.0.1");
  await writeFile(join(server.dataDir, "server.crt"), certificatePem);
  await writeFile(join(server.dataDir, "server.key"), keyPem, { mode: 0o600 });
  if (process.getuid?.() === 0) {
    for (const name of ["server.crt", "server.key"]) await chown(join(server.dataDir, name), 65_534, 65_534);
  }
  await chmod(join(server.dataDir, "server.key"), 0o600);
  await server.query("alter system set ssl = on");
  await server.stop("fast");
  await server.start();
  url = await server.createDatabase();
  await writeFile(join(folder.path, "ca.pem"), certificatePem);
  await writeFile(join(folder.path, "other.pem"), (await selfSigned("127.0.0.1")).certificatePem);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

const open = (parameters: string, of = url) =>
  openPostgresStore({ url: `${of}?${parameters}`, startTimeoutMs: 500, maxConnections: 4 });
const reasonOf = (opening: Promise<unknown>): Promise<string> =>
  opening.then(
    () => "opened",
    (error: unknown) => String(error),
  );

describe("TLS", () => {
  test("with the server's CA is used, and the address is held against the certificate", async () => {
    const store = await open(`sslmode=verify-full&sslrootcert=${join(folder.path, "ca.pem")}`);
    await store.close();
    const localhost = url.replace("127.0.0.1", "localhost");
    const other = open(`sslmode=verify-full&sslrootcert=${join(folder.path, "ca.pem")}`, localhost);
    expect(await reasonOf(other)).toMatch(/altnames/);
    const anyName = open(`sslmode=verify-ca&sslrootcert=${join(folder.path, "ca.pem")}`, localhost);
    expect(await reasonOf(anyName)).toMatch(/sslmode=verify-ca would not check whom it talks to/);
  });

  test("with another CA, or none, ends before the password is sent", async () => {
    const strange = open(`sslmode=verify-full&sslrootcert=${join(folder.path, "other.pem")}`);
    expect(await reasonOf(strange)).toMatch(/self-signed|certificate/);
    expect(await reasonOf(open("sslmode=verify-full"))).toMatch(/self-signed|certificate/);
  });
});

describe("a database that cannot be used", () => {
  test.each([
    [
      "a wrong password",
      () => url.replace(":secret@", ":s3cret@"),
      /password authentication failed for user "\w+"\. Check user and password in the database URL/,
    ],
    [
      "a database that is not there",
      () => url.replace(/test_\w+/, "none"),
      /database "none" does not exist\. Make the database, or correct its name/,
    ],
    [
      "a server that is not there",
      () => url.replace(/:\d+\//, ":1/"),
      /ECONNREFUSED.*\. Check the database URL and the server/,
    ],
  ])("because of %s is told at the start, without the password", async (_, bad, why) => {
    const reason = await reasonOf(openPostgresStore({ url: bad(), startTimeoutMs: 300 }));
    expect(reason).toMatch(why);
    expect(reason).toMatch(/The database cannot be used: /);
    expect(reason).not.toMatch(/s3?cret/);
  });

  test("because it does not keep UTF-8 is refused", async () => {
    await server.query("create database latin template template0 encoding 'LATIN1' locale 'C'");
    expect(await reasonOf(openPostgresStore({ url: server.url("latin"), startTimeoutMs: 300 }))).toMatch(
      /LATIN1; make it anew with UTF8/,
    );
  });
});
