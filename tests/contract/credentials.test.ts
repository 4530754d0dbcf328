// The kinds of credential that sign in at an authority, made by the provider and sent to the service: through its private CA, to its own
// address. The service knows this application by its secret alone, so the others are refused, in the words of the authority.
import { webcrypto } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectedCluster } from "@arcfleet/contract";
import { getRecord, lookupClient } from "@arcfleet/provider/lookups";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type RunningControlPlane, startControlPlane } from "../support/control-plane.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

let controlPlane: RunningControlPlane;
let folder: TempFolder;

beforeAll(async () => {
  [controlPlane, folder] = await Promise.all([startControlPlane(), tempFolder("credentials")]);
});

afterAll(async () => {
  await controlPlane?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

/** Asks for a cluster that does not exist, as an explicit provider with this identity. */
async function ask(identity: Readonly<Record<string, string>>): Promise<unknown> {
  const { endpoint, authority, caFile, subscriptionId, tenantId, clientId } = controlPlane.connection;
  const client = await lookupClient({ endpoint, authority, caFile, subscriptionId, tenantId, clientId, ...identity });
  return getRecord(client, connectedCluster, { resourceGroup: "none", name: "none" });
}

/** A certificate with its key, as AZURE_CLIENT_CERTIFICATE_PATH names one. */
async function clientCertificate(): Promise<string> {
  // The library needs it, and must find it first.
  await import("reflect-metadata");
  const { X509CertificateGenerator } = await import("@peculiar/x509");
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]) };
  const keys = await webcrypto.subtle.generateKey({ ...algorithm, modulusLength: 2048 }, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    { name: "CN=pipeline", keys, signingAlgorithm: algorithm },
    webcrypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const path = join(folder.path, "client.pem");
  const pem = `-----BEGIN PRIVATE KEY-----\n${key.replace(/.{64}/g, "$&\n")}\n-----END PRIVATE KEY-----\n`;
  await writeFile(path, `${pem}${certificate.toString("pem")}\n`);
  return path;
}

describe("the provider signs in", () => {
  test("with a client secret, and the service answers the question", async () => {
    await expect(ask({ clientSecret: controlPlane.connection.clientSecret })).rejects.toThrow(
      /ResourceGroupNotFound|none/,
    );
  });

  test("with a client certificate, which the authority checks", async () => {
    const told = ask({ clientCertificatePath: await clientCertificate() });
    await expect(told).rejects.toThrow(/\(clientCertificate\) failed: .*AADSTS\d+/s);
    await expect(told).rejects.toThrow(/AZURE_CLIENT_CERTIFICATE_PATH/);
  });

  test("with the token of another issuer, which the authority checks", async () => {
    const federatedTokenFile = join(folder.path, "token");
    await writeFile(federatedTokenFile, "e30.e30.c2ln");
    const told = ask({ federatedTokenFile });
    await expect(told).rejects.toThrow(/\(workloadIdentity\) failed: .*AADSTS\d+/s);
    await expect(told).rejects.toThrow(/AZURE_FEDERATED_TOKEN_FILE/);
  });

  test("with no certificate that is not there, and says so", async () => {
    await expect(ask({ clientCertificatePath: "/nowhere/client.pem" })).rejects.toThrow(
      /\(clientCertificate\) failed: .*\/nowhere\/client\.pem/s,
    );
  });
});
