import { describe, expect, test } from "@jest/globals";
import { makeCredential } from "../../src/arm-client/credential.ts";
import { readSettings } from "../../src/settings/index.ts";

const controlPlane = { ARCFLEET_ENDPOINT: "https://arc.example.com", ARCFLEET_SUBSCRIPTION_ID: "s" };
const identity = { AZURE_TENANT_ID: "72f988bf-0000-0000-0000-2d7cd011db47", AZURE_CLIENT_ID: "c" };

/** The name of the class that an environment leads to. */
const classFor = async (env: Readonly<Record<string, string>>): Promise<string> =>
  (await makeCredential(readSettings({ ...controlPlane, ...env }, {}), undefined)).constructor.name;

describe("the class of @azure/identity", () => {
  test.each([
    ["ClientSecretCredential", { ...identity, AZURE_CLIENT_SECRET: "x" }],
    ["ClientCertificateCredential", { ...identity, AZURE_CLIENT_CERTIFICATE_PATH: "/c.pem" }],
    ["WorkloadIdentityCredential", { ...identity, AZURE_FEDERATED_TOKEN_FILE: "/token" }],
    ["ManagedIdentityCredential", { ARCFLEET_CREDENTIAL: "managedIdentity" }],
    ["AzureCliCredential", { ARCFLEET_CREDENTIAL: "azureCli" }],
    ["DefaultAzureCredential", { ARCFLEET_CREDENTIAL: "default" }],
  ])("is %s for its variables", async (name, env) => {
    expect(await classFor(env)).toBe(name);
  });
});
