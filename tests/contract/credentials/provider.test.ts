// The kinds of credential that sign in at an authority, made by the provider and sent to the service: through its private CA, to its own
// address. The service knows this application by its secret alone, so the others are refused, in the words of the authority.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectedCluster } from "@arcfleet/contract";
import { getRecord, lookupClient } from "@arcfleet/provider/lookups";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { clientCertificate } from "../../support/client-certificate.ts";
import { type RunningControlPlane, startControlPlane } from "../../support/control-plane.ts";
import { type TempFolder, tempFolder } from "../../support/temp-folder.ts";

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

describe("the provider signs in", () => {
  test("with a client secret, and the service answers the question", async () => {
    await expect(ask({ clientSecret: controlPlane.connection.clientSecret })).rejects.toThrow(
      /ResourceGroupNotFound|none/,
    );
  });

  test("with a client certificate, which the authority checks", async () => {
    const told = ask({ clientCertificatePath: await clientCertificate(folder.path) });
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
