import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { readSettings } from "../../src/settings/index.ts";

const folder = mkdtempSync(join(tmpdir(), "arcfleet-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "connection.json");
const connection = {
  endpoint: "https://127.0.0.1:1",
  authority: "https://127.0.0.1:1",
  caFile: "/ca.pem",
  tenantId: "t",
  subscriptionId: "s",
  clientId: "c",
  clientSecret: "secret",
};
writeFileSync(file, JSON.stringify(connection));

describe("settings", () => {
  test("come from the connection file alone", () => {
    const { clientId, clientSecret, tenantId, ...controlPlane } = connection;
    expect(readSettings({ ARCFLEET_CONNECTION: file }, {})).toMatchObject({
      ...controlPlane,
      credential: { kind: "clientSecret", tenantId, clientId, clientSecret },
    });
  });

  test("the environment wins over the stack's configuration, that over the file", () => {
    const config = {
      "arcfleet:connection": file,
      "arcfleet:tenantId": "from-config",
      "arcfleet:clientId": "from-config",
    };
    expect(readSettings({ AZURE_CLIENT_ID: "from-env" }, config)).toMatchObject({
      subscriptionId: "s",
      credential: { clientId: "from-env", tenantId: "from-config" },
    });
  });

  test("each missing piece is named with the variable that gives it", () => {
    expect(() => readSettings({ ARCFLEET_ENDPOINT: "https://x" }, {})).toThrow(
      /lacks tenantId, subscriptionId, clientId, clientSecret.*AZURE_TENANT_ID.*AZURE_CLIENT_SECRET/s,
    );
  });

  test("a secret of the stack's configuration, which the engine hides from us, is explained", () => {
    const config = { "arcfleet:connection": file, "arcfleet:clientSecret": "[secret]" };
    expect(() => readSettings({}, config)).toThrow(/AZURE_CLIENT_SECRET/);
  });

  test("a connection file that is not there is named", () => {
    expect(() => readSettings({ ARCFLEET_CONNECTION: "/nowhere.json" }, {})).toThrow(/nowhere\.json.*arcfleet serve/s);
  });
});

const place = { ARCFLEET_ENDPOINT: "https://x", ARCFLEET_SUBSCRIPTION_ID: "s" };
const identity = { AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c" };

describe("the kind of credential", () => {
  test("follows from what is given, a secret before a certificate before a token file", () => {
    const kindOf = (env: Record<string, string>) => readSettings({ ...place, ...identity, ...env }, {}).credential.kind;
    expect(kindOf({ AZURE_CLIENT_SECRET: "x", AZURE_CLIENT_CERTIFICATE_PATH: "/c" })).toBe("clientSecret");
    expect(kindOf({ AZURE_CLIENT_CERTIFICATE_PATH: "/c", AZURE_FEDERATED_TOKEN_FILE: "/t" })).toBe("clientCertificate");
    expect(kindOf({ AZURE_FEDERATED_TOKEN_FILE: "/t" })).toBe("workloadIdentity");
  });

  test("of the environment counts more than a secret in the connection file", () => {
    const env = { ...identity, ARCFLEET_CONNECTION: file, AZURE_FEDERATED_TOKEN_FILE: "/t" };
    expect(readSettings(env, {}).credential).toMatchObject({ kind: "workloadIdentity", federatedTokenFile: "/t" });
  });

  test("that is chosen by name says what it lacks, and how to give it", () => {
    const env = { ...place, ...identity, ARCFLEET_CREDENTIAL: "clientCertificate" };
    expect(() => readSettings(env, {})).toThrow(
      /lacks clientCertificatePath\..*AZURE_CLIENT_CERTIFICATE_PATH, or `pulumi config set arcfleet:clientCertificatePath/s,
    );
  });

  test("that nobody knows is refused with those there are", () => {
    expect(() => readSettings({ ...place, ARCFLEET_CREDENTIAL: "azureCLI" }, {})).toThrow(
      /'azureCLI'.*azureCli, default/,
    );
  });

  test("that needs nothing needs nothing", () => {
    const settings = readSettings({ ...place, ARCFLEET_CREDENTIAL: "managedIdentity" }, {});
    expect(settings.credential).toEqual({ kind: "managedIdentity" });
  });
});

describe("the private CA", () => {
  test("as text in the environment counts more than the file of the connection", () => {
    const settings = readSettings({ ARCFLEET_CONNECTION: file, ARCFLEET_CA_CERTIFICATE: "PEM" }, {});
    expect([settings.caCertificate, settings.caFile]).toEqual(["PEM", undefined]);
  });

  test("is given once", () => {
    const env = { ARCFLEET_CONNECTION: file, ARCFLEET_CA_CERTIFICATE: "PEM", ARCFLEET_CA_FILE: "/ca" };
    expect(() => readSettings(env, {})).toThrow(/Both `caFile` and `caCertificate`/);
  });
});

describe("an explicit provider", () => {
  const elsewhere = {
    ARCFLEET_CONNECTION: "/nowhere.json",
    ARCFLEET_ENDPOINT: "https://elsewhere",
    ARCFLEET_SUBSCRIPTION_ID: "elsewhere",
    AZURE_AUTHORITY_HOST: "https://login.elsewhere",
  };

  test("takes nothing about the control plane from the environment", () => {
    expect(readSettings(elsewhere, { connection: file, endpoint: "https://moved" })).toMatchObject({
      endpoint: "https://moved",
      authority: "https://127.0.0.1:1",
      subscriptionId: "s",
    });
    expect(() => readSettings(elsewhere, { endpoint: "https://x" })).toThrow(/subscriptionId: `subscriptionId` of the/);
  });

  test("takes who we are from it, when neither arguments nor file say", () => {
    const config = { endpoint: "https://x", subscriptionId: "s", clientId: "given" };
    const env = { ...elsewhere, ...identity, AZURE_CLIENT_SECRET: "from-env" };
    expect(readSettings(env, config).credential).toMatchObject({ clientId: "given", clientSecret: "from-env" });
  });
});

test("a connection file that is no JSON is not quoted", () => {
  const broken = join(folder, "broken.json");
  writeFileSync(broken, '{"clientSecret": "s3cret" oops');
  expect(() => readSettings({ ARCFLEET_CONNECTION: broken }, {})).toThrow(/^(?!.*s3cret).*it is not JSON/s);
});
