import { X509Certificate as NodeCertificate, webcrypto } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { openPki } from "../../src/pki/pki.ts";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
} from "../../src/pki/x509.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

describe("the private CAs", () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "arcfleet-pki-"));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  const open = (serverNames: string[] = [], now = new Date()) => openPki({ dataDir, serverNames }, { now: () => now });

  test("the CA carries what strict verifiers ask for", async () => {
    const ca = new X509Certificate((await open()).caPem);
    expect(ca.getExtension(BasicConstraintsExtension)).toMatchObject({ ca: true, critical: true });
    expect(ca.getExtension(KeyUsagesExtension)).toMatchObject({
      critical: true,
      usages: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign,
    });
    expect(ca.getExtension(SubjectKeyIdentifierExtension)).toBeTruthy();
  });

  test("private keys are readable by their owner alone, the CA certificate by everyone", async () => {
    const pki = await open();
    await pki.serverCertificate();
    for (const name of ["server-ca.pem", "identity-ca.pem", "server.pem"]) {
      expect((await stat(join(dataDir, "pki", name))).mode & 0o777).toBe(0o600);
    }
    expect((await stat(pki.caFile)).mode & 0o777).toBe(0o644);
    expect(await readFile(pki.caFile, "utf8")).not.toContain("PRIVATE");
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

  test("a damaged key file is an error that names the file", async () => {
    await open();
    await writeFile(join(dataDir, "pki", "server-ca.pem"), "nonsense");
    await expect(open()).rejects.toThrow(/server-ca\.pem must hold a PRIVATE KEY and a CERTIFICATE/);
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
    const dataDir = await mkdtemp(join(tmpdir(), "arcfleet-pki-"));
    try {
      let now = new Date();
      jest.useFakeTimers({
        doNotFake: ["nextTick", "setImmediate", "queueMicrotask", "setTimeout", "clearTimeout", "Date", "performance"],
      });
      const pki = await openPki({ dataDir, serverNames: [] }, { now: () => now });
      const first = await pki.serverCertificate();
      const renewed: string[] = [];
      const stop = pki.watchServerCertificate(
        ({ certificatePem }) => renewed.push(certificatePem),
        (error) => {
          throw error;
        },
      );
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
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
