import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createRemoteJWKSet, customFetch, jwtVerify } from "jose";
import { type ControlPlane, startControlPlane } from "../../src/control-plane.ts";
import { createLogger } from "../../src/log.ts";

describe("the token endpoint over HTTP", () => {
  let controlPlane: ControlPlane;
  let dataDir: string;
  const logged: string[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "arcfleet-token-routes-"));
    const destination = new Writable({
      write(chunk, _encoding, done) {
        logged.push(String(chunk));
        done();
      },
    });
    controlPlane = await startControlPlane({ dataDir }, { log: createLogger({ logLevel: "trace" }, destination) });
  });
  afterAll(async () => {
    await controlPlane.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const discovery = (tenant: string) => controlPlane.app.inject(`/${tenant}/v2.0/.well-known/openid-configuration`);
  const post = (fields: Record<string, string>, tenant = controlPlane.connection.tenantId) =>
    controlPlane.app.inject({
      method: "POST",
      url: `/${tenant}/oauth2/v2.0/token?client-request-id=${randomUUID()}`,
      headers: { "content-type": "application/x-www-form-urlencoded;charset=utf-8" },
      payload: new URLSearchParams({
        grant_type: "client_credentials",
        client_info: "1",
        "x-client-SKU": "msal.js.node",
        ...fields,
      }).toString(),
    });
  const owner = () => ({
    client_id: controlPlane.connection.clientId,
    client_secret: controlPlane.connection.clientSecret,
    scope: `${controlPlane.endpoint}/.default`,
  });

  test("discovery answers for the tenant in any case and for the pseudo tenants, with our origin throughout", async () => {
    const { tenantId, endpoint } = controlPlane.connection;
    for (const tenant of [tenantId, tenantId.toUpperCase(), "organizations", "common"]) {
      const answer = await discovery(tenant);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers["content-type"]).toMatch(/^application\/json/);
      expect(answer.json()).toMatchObject({
        issuer: `${endpoint}/${tenant.toLowerCase()}/v2.0`,
        token_endpoint: `${endpoint}/${tenant.toLowerCase()}/oauth2/v2.0/token`,
        authorization_endpoint: expect.stringMatching(/^https:/),
        jwks_uri: expect.stringMatching(/^https:/),
      });
    }
    const unknown = await discovery(randomUUID());
    expect(unknown.statusCode).toBe(400);
    expect(unknown.json()).toMatchObject({ error: "invalid_request", error_codes: [90002] });
  });

  test("a token can be verified with the published keys alone", async () => {
    const answer = await post(owner());
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.json()).toEqual({
      token_type: "Bearer",
      expires_in: 3599,
      ext_expires_in: 3599,
      access_token: expect.any(String),
    });
    const { jwks_uri, issuer } = (await discovery(controlPlane.connection.tenantId)).json();
    const keys = createRemoteJWKSet(new URL(jwks_uri), {
      [customFetch]: async (url) => new Response((await controlPlane.app.inject(new URL(url).pathname)).body),
    });
    const { payload } = await jwtVerify(answer.json().access_token, keys, { issuer, audience: controlPlane.endpoint });
    expect(payload.appid).toBe(controlPlane.connection.clientId);
  });

  test("refusals are OAuth's, in JSON, with ids to look them up", async () => {
    const wrong = await post({ ...owner(), client_secret: "wrong" });
    expect(wrong.statusCode).toBe(401);
    expect(wrong.headers["content-type"]).toMatch(/^application\/json/);
    expect(wrong.json()).toMatchObject({
      error: "invalid_client",
      error_description: expect.stringMatching(/^AADSTS7000215: /),
      error_codes: [7000215],
      timestamp: expect.any(String),
      trace_id: expect.any(String),
      correlation_id: expect.any(String),
    });
    expect((await post(owner(), randomUUID())).json().error_codes).toEqual([90002]);
    expect((await post({ ...owner(), scope: "x".repeat(200_000) })).statusCode).toBe(413);
  });

  test("forms are for the token endpoint only", async () => {
    const answer = await controlPlane.app.inject({
      method: "POST",
      url: "/azure-arc-k8sagents/healthCheck",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      payload: "a=b",
    });
    expect(answer.statusCode).toBe(415);
  });

  test("no secret, token, assertion or proof reaches the log", async () => {
    const token: string = (await post(owner())).json().access_token;
    await controlPlane.app.inject({
      url: "/subscriptions?api-version=2022-12-01",
      headers: { authorization: `Bearer ${token}` },
    });
    await controlPlane.app.inject({
      url: "/subscriptions?api-version=2022-12-01",
      headers: { authorization: `Bearer ${token}x` },
    });
    await post({ ...owner(), client_secret: "guessed-secret" });
    await post({
      client_id: owner().client_id,
      scope: owner().scope,
      client_assertion: "eyJhbGciOiJub25lIn0.e30.signature-text",
    });
    const cluster = `/dataplane/v1/subscriptions/${randomUUID()}/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/c`;
    await controlPlane.app.inject({
      method: "POST",
      url: `${cluster}/certificate`,
      payload: { proof: "a.proof.text", csr: "" },
    });
    controlPlane.services.log.info(
      { headers: { authorization: token }, client_secret: owner().client_secret },
      "careless",
    );
    const log = logged.join("");
    expect(log).toContain("careless");
    for (const secret of [
      owner().client_secret,
      token,
      "guessed-secret",
      "signature-text",
      "a.proof.text",
      "PRIVATE KEY",
    ]) {
      expect(log).not.toContain(secret);
    }
  });
});
