// Every class of @azure/identity that signs in at an authority, and MSAL itself, unmodified: each in a process of its own, over TLS with the
// control plane's CA.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { clientCertificate } from "../../support/client-certificate.ts";
import { type RunningControlPlane, startControlPlane } from "../../support/control-plane.ts";
import { httpCall } from "../../support/http-call.ts";
import { type TempFolder, tempFolder } from "../../support/temp-folder.ts";

const run = promisify(execFile);
const password = "correct horse battery";
const subject = "system:serviceaccount:build:deployer";
const redirectUri = "https://portal.example/signed-in";

let controlPlane: RunningControlPlane;
let folder: TempFolder;
let pipeline: string;
let certificate: string;
let token: string;

beforeAll(async () => {
  [controlPlane, folder] = await Promise.all([startControlPlane(), tempFolder("sign-in")]);
  certificate = await clientCertificate(folder.path);
  const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(
    await readFile(certificate, "utf8"),
  )?.[0];
  const pair = await generateKeyPair("RS256");
  const issuer = "https://cluster.example";
  token = await new SignJWT({ sub: subject })
    .setIssuer(issuer)
    .setAudience("api://AzureADTokenExchange")
    .setExpirationTime("10m")
    .setProtectedHeader({ alg: "RS256", kid: "k" })
    .sign(pair.privateKey);
  await writeFile(join(folder.path, "token"), token);
  await manage("PUT", "users/alice", { properties: { password } });
  const made = await manage("PUT", "principals/pipeline", { properties: {} });
  pipeline = (made as { properties: { appId: string } }).properties.appId;
  await manage("POST", "principals/pipeline/addCredential", { kind: "certificate", certificate: pem });
  const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: "k" }] };
  await manage("POST", "principals/pipeline/addCredential", { kind: "federated", issuer, subject, jwks });
  const { clientId } = controlPlane.connection;
  await manage("PUT", `principals/${clientId}`, { properties: { redirectUris: [redirectUri] } });
});

afterAll(async () => {
  await controlPlane?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

let ownerToken: string | undefined;

/** Asks the directory as the Owner. */
async function manage(method: string, path: string, body: object): Promise<unknown> {
  const { endpoint, subscriptionId, tenantId, clientId, clientSecret, caFile } = controlPlane.connection;
  if (ownerToken === undefined) {
    const form = {
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${endpoint}/.default`,
    };
    const answer = await httpCall(`${endpoint}/${tenantId}/oauth2/v2.0/token`, caFile, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
    });
    ownerToken = (answer.json as { access_token: string }).access_token;
  }
  const url = `${endpoint}/subscriptions/${subscriptionId}/providers/Arcfleet.Identity/${path}?api-version=2026-11-01`;
  const answer = await httpCall(url, caFile, { method, body, headers: { authorization: `Bearer ${ownerToken}` } });
  if (answer.status >= 300) throw new Error(answer.text);
  return answer.json;
}

/** What an unmodified client gets. */
async function ask(client: string, more: Readonly<Record<string, string>> = {}): Promise<Record<string, unknown>> {
  const { endpoint, tenantId, clientId, clientSecret, caFile } = controlPlane.connection;
  const facts = { client, endpoint, tenantId, clientId, clientSecret, user: "alice", password, redirectUri, ...more };
  const { stdout } = await run(
    process.execPath,
    [resolve(import.meta.dirname, "../../support/sign-in-clients.mjs"), JSON.stringify(facts)],
    {
      env: {
        NODE_EXTRA_CA_CERTS: caFile,
        AZURE_TENANT_ID: tenantId,
        AZURE_CLIENT_ID: clientId,
        AZURE_CLIENT_SECRET: clientSecret,
      },
      timeout: 100_000,
    },
  );
  return JSON.parse(stdout);
}

describe("an application signs in", () => {
  test.each(["secret", "environment", "default"])("with a secret: %s", async (client) => {
    expect(await ask(client)).toMatchObject({ status: 200 });
  });

  test.each(["certificate", "chain"])("with a certificate: %s", async (client) => {
    expect(await ask(client, { clientId: pipeline, certificate })).toMatchObject({ status: 200 });
  });

  test.each(["assertion", "workload"])("with a token of a registered issuer: %s", async (client) => {
    const tokenFile = join(folder.path, "token");
    expect(await ask(client, { clientId: pipeline, token, tokenFile })).toMatchObject({ status: 200 });
  });
});

describe("a person signs in", () => {
  test("with a device code, and then silently", async () => {
    expect(await ask("device")).toEqual({ status: 200, isSame: true });
  });

  test("with a browser and PKCE, and with refresh tokens after that", async () => {
    expect(await ask("interactive")).toEqual({ status: 200, isNew: true, username: "alice" });
  });

  test("before the program knows the tenant, as the command line does", async () => {
    expect(await ask("organizations")).toEqual({ status: 200 });
  });

  test("through an application that keeps a secret: AuthorizationCodeCredential", async () => {
    expect(await ask("code")).toMatchObject({ status: 200 });
  });

  test("not with a wrong password", async () => {
    const { error } = await ask("code", { password: "wrong password here" });
    expect(error).toBeDefined();
  });
});
