import { X509Certificate as NodeCertificate, webcrypto } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { ecdsaP256, makeCa, readCertificateAuthority } from "../../src/pki/certificate-authority.ts";
import type { GivenCertificateFiles } from "../../src/pki/given-certificate.ts";
import { readKeyedPem, writeKeyedPem } from "../../src/pki/keyed-pem.ts";
import { openPki, type Pki } from "../../src/pki/pki.ts";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
} from "../../src/pki/x509.ts";
import { type VaultFixture, vaultFixture } from "../support/vault-fixture.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

describe("the private CAs", () => {
  let vault: VaultFixture;
  let dataDir: string;
  beforeEach(async () => {
    vault = await vaultFixture();
    dataDir = vault.dir;
  });
  afterEach(async () => vault[Symbol.asyncDispose]());

  const open = async (serverNames: string[] = [], now = new Date(), given?: GivenCertificateFiles) =>
    openPki({ dataDir, serverNames, store: vault.store, secrets: await vault.open(), given }, { now: () => now });

  test("the CA carries what strict verifiers ask for", async () => {
    const ca = new X509Certificate((await open()).caPem);
    expect(ca.getExtension(BasicConstraintsExtension)).toMatchObject({ ca: true, critical: true });
    expect(ca.getExtension(KeyUsagesExtension)).toMatchObject({
      critical: true,
      usages: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign,
    });
    expect(ca.getExtension(SubjectKeyIdentifierExtension)).toBeTruthy();
  });

  test("no private key is in a file or open in the database, and everyone may read the CA certificate", async () => {
    const pki = await open();
    await pki.serverCertificate();
    expect((await stat(pki.caFile)).mode & 0o777).toBe(0o644);
    expect(await readFile(pki.caFile, "utf8")).not.toContain("PRIVATE");
    expect(await readdir(dataDir)).not.toContain("pki");
    const { read } = vault.store;
    const kept = [
      ...(await read.selectFrom("authorities").selectAll().execute()),
      ...(await read.selectFrom("server_certificates").selectAll().execute()),
    ];
    expect(kept).toHaveLength(3);
    expect(JSON.stringify(kept)).not.toContain("PRIVATE");
  });

  test("a restart keeps the CA and the server's certificate", async () => {
    const first = await open(["10.1.2.3"]);
    const second = await open(["10.1.2.3"]);
    expect(second.caPem).toBe(first.caPem);
    expect(second.identities.certificatePem).toBe(first.identities.certificatePem);
    expect(await second.serverCertificate()).toEqual(await first.serverCertificate());
  });

  test("processes that start at once agree on one CA", async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => open()));
    expect(new Set(all.map((pki) => pki.caPem)).size).toBe(1);
  });

  test("a new name and an end that comes near each bring a new certificate", async () => {
    const first = await (await open()).serverCertificate();
    const named = await (await open(["arc.example.com", "10.1.2.3"])).serverCertificate();
    expect(named).not.toEqual(first);
    expect(new NodeCertificate(named.certificatePem).subjectAltName).toContain("DNS:arc.example.com");
    const later = await (await open(["10.1.2.3"], new Date(Date.now() + 61 * DAY_MS))).serverCertificate();
    expect(later).not.toEqual(named);
  });

  test("files of an earlier version are taken over, once, and put aside", async () => {
    const now = new Date();
    await mkdir(join(dataDir, "pki"));
    const texts = { server: await makeCa("old server CA", now), identity: await makeCa("old identity CA", now) };
    for (const [name, text] of Object.entries(texts)) await writeFile(join(dataDir, "pki", `${name}-ca.pem`), text);
    const pki = await open();
    expect(texts.server).toContain(pki.caPem.trim());
    expect(texts.identity).toContain(pki.identities.certificatePem.trim());
    expect((await readdir(join(dataDir, "pki"))).sort()).toEqual([
      "identity-ca.pem.imported",
      "server-ca.pem.imported",
    ]);
    const { certificatePem } = await pki.serverCertificate();
    expect(
      new NodeCertificate(certificatePem).checkIssued(
        new NodeCertificate(texts.server.slice(texts.server.indexOf("-----BEGIN C"))),
      ),
    ).toBe(true);
    expect((await open()).caPem).toBe(pki.caPem);
  });

  test("a damaged file of an earlier version is an error that names the file, and no new CA", async () => {
    await mkdir(join(dataDir, "pki"));
    await writeFile(join(dataDir, "pki", "server-ca.pem"), "nonsense");
    await expect(open()).rejects.toThrow(/server-ca\.pem must hold a PRIVATE KEY and a CERTIFICATE/);
    expect(await vault.store.read.selectFrom("authorities").selectAll().execute()).toEqual([]);
  });

  test("replicas with the same names share the server's certificate, others have their own", async () => {
    const [a, b, c] = await Promise.all([open(["a.example.com"]), open(["a.example.com"]), open(["c.example.com"])]);
    const [ofA, ofB] = await Promise.all([a.serverCertificate(), b.serverCertificate()]);
    expect(await a.serverCertificate()).toEqual(await b.serverCertificate());
    expect([ofA, ofB]).toContainEqual(await a.serverCertificate());
    expect((await c.serverCertificate()).certificatePem).not.toBe(ofA.certificatePem);
  });

  test("three years before its end a CA gets a successor, which is trusted at once and signs two years later", async () => {
    const first = (await open()).caPem;
    const in8Years = new Date(Date.now() + 8 * 365 * DAY_MS);
    const overlap = await open([], in8Years);
    expect(overlap.caPem.startsWith(first)).toBe(true);
    expect(overlap.caPem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect((await open([], in8Years)).caPem).toBe(overlap.caPem);
    const under = async (pki: Pki, ca: string): Promise<boolean> =>
      new NodeCertificate((await pki.serverCertificate()).certificatePem).checkIssued(new NodeCertificate(ca));
    expect(await under(overlap, first)).toBe(true);
    const later = await open([], new Date(in8Years.getTime() + 2 * 365 * DAY_MS - 60_000 + 120_000));
    expect(later.caPem).not.toContain(first);
    expect(await under(later, later.caPem)).toBe(true);
    expect(overlap.caPem).toContain(later.caPem.trim());
  });

  test("a certificate of the operator's own is used, watched, and its CA published beside ours", async () => {
    const now = new Date();
    const ca = await readCertificateAuthority(await makeCa("company CA", now), "test", { now: () => now });
    const write = async (): Promise<string> => {
      const keys = await webcrypto.subtle.generateKey(ecdsaP256, true, ["sign", "verify"]);
      const issued = await ca.issue({
        commonName: "x",
        publicKey: keys.publicKey,
        lifeDays: 9,
        serverNames: ["x.example.com"],
      });
      const { privateKeyPem, certificatePem } = await readKeyedPem(
        await writeKeyedPem(keys.privateKey, issued.toString("pem")),
        "",
      );
      await writeFile(join(dataDir, "tls.key"), privateKeyPem);
      await writeFile(join(dataDir, "tls.crt"), certificatePem);
      return certificatePem;
    };
    const given = {
      certFile: join(dataDir, "tls.crt"),
      keyFile: join(dataDir, "tls.key"),
      caFile: join(dataDir, "tls-ca.crt"),
    };
    await writeFile(given.caFile, ca.certificatePem);
    const first = await write();
    const pki = await open([], now, given);
    expect((await pki.serverCertificate()).certificatePem).toBe(first);
    expect(pki.caPem).toContain(ca.certificatePem.trim());
    expect(pki.caPem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    const second = await write();
    expect((await pki.serverCertificate()).certificatePem).toBe(second);
    // Half-way through a renewal the two do not fit: the caller keeps what it has.
    await writeFile(given.certFile, first);
    await expect(pki.serverCertificate()).rejects.toThrow(/does not belong to the certificate/);
  });

  test("TLS clients that know the CA accept the server under each of its names", async () => {
    const pki = await open(["arc.example.com"]);
    const { keyPem, certificatePem } = await pki.serverCertificate();
    const server: Server = createServer({ key: keyPem, cert: certificatePem });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      for (const servername of ["localhost", "arc.example.com"]) {
        await new Promise<void>((resolve, reject) => {
          const socket = connect({ host: "127.0.0.1", port, servername, ca: pki.caPem }, () => {
            socket.end();
            resolve();
          });
          socket.on("error", reject);
        });
      }
    } finally {
      server.close();
    }
  });

  test("identity certificates are for clients only", async () => {
    const pki = await open();
    const keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const issued = await pki.identities.issue({ commonName: "principal", publicKey: keys.publicKey, lifeDays: 90 });
    const certificate = new NodeCertificate(issued.toString("pem"));
    expect(certificate.subject).toBe("CN=principal");
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(certificate.checkIssued(new NodeCertificate(pki.identities.certificatePem))).toBe(true);
    expect(certificate.checkIssued(new NodeCertificate(pki.caPem))).toBe(false);
  });
});

describe("the server's certificate while the process runs", () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  test("is replaced before its end and handed over, and not before", async () => {
    const vault = await vaultFixture();
    try {
      let now = new Date();
      jest.useFakeTimers({
        doNotFake: ["nextTick", "setImmediate", "queueMicrotask", "setTimeout", "clearTimeout", "Date", "performance"],
      });
      const secrets = await vault.open();
      const pki = await openPki(
        { dataDir: vault.dir, serverNames: [], store: vault.store, secrets },
        { now: () => now },
      );
      const first = await pki.serverCertificate();
      const renewed: string[] = [];
      const stop = pki.watchServerCertificate(
        ({ certificatePem }) => renewed.push(certificatePem),
        (error) => {
          throw error;
        },
      );
      // The first look, which remembers what is in use, has ended when one that joined it has.
      await pki.serverCertificate();
      const passAnHour = () => jest.advanceTimersByTime(60 * 60 * 1000);
      passAnHour();
      now = new Date(now.getTime() + 59 * DAY_MS);
      passAnHour();
      now = new Date(now.getTime() + 2 * DAY_MS);
      const deadline = Date.now() + 5000;
      while (renewed.length === 0) {
        if (Date.now() > deadline) throw new Error("the certificate was not renewed");
        passAnHour();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      // One: nothing was handed over while the first still lasted.
      expect(renewed).toEqual([(await pki.serverCertificate()).certificatePem]);
      expect(renewed[0]).not.toBe(first.certificatePem);
      stop();
    } finally {
      await vault[Symbol.asyncDispose]();
    }
  });
});
