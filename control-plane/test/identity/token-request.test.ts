import { createHook } from "node:async_hooks";
import {
  constants,
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  X509Certificate,
} from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { type Application, addApplication } from "../../src/identity/applications.ts";
import { thumbprintsOf } from "../../src/identity/client-assertion.ts";
import { makeCa, readCertificateAuthority } from "../../src/pki/certificate-authority.ts";
import { type IdentityFixture, identityFixture, publicUrl } from "../support/identity-fixture.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("token requests", () => {
  let fixture: IdentityFixture;
  beforeAll(async () => {
    fixture = await identityFixture();
  });
  afterAll(() => fixture.close());

  const request = (fields: Record<string, string>, address = randomUUID()) =>
    fixture.identity.requestToken(
      {
        grant_type: "client_credentials",
        client_id: fixture.installation.ownerClientId,
        scope: `${publicUrl}/.default`,
        ...fields,
      },
      address,
    );
  const withSecret = (fields: Record<string, string> = {}) =>
    request({ client_secret: fixture.installation.ownerClientSecret, ...fields });

  test("the owner's secret buys a token with the claims that callers expect", async () => {
    const { accessToken, expiresInSeconds } = await withSecret();
    expect(expiresInSeconds).toBe(3599);
    const { installation, identity } = fixture;
    const { keys } = await identity.keys.published();
    expect(decodeProtectedHeader(accessToken)).toEqual({ alg: "RS256", typ: "JWT", kid: keys[0]?.kid });
    const claims = decodeJwt(accessToken);
    expect(claims).toMatchObject({
      aud: publicUrl,
      iss: `${publicUrl}/${installation.tenantId}/v2.0`,
      tid: installation.tenantId,
      appid: installation.ownerClientId,
      idtyp: "app",
      ver: "2.0",
      uti: expect.any(String),
    });
    expect(claims.sub).toBe(claims.oid);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600);
    await expect(identity.authenticate(`Bearer ${accessToken}`)).resolves.toMatchObject({
      appId: installation.ownerClientId,
      kind: "Application",
    });
  });

  test.each([
    ["the resource with a slash", `${publicUrl}//.default`, `${publicUrl}/`],
    ["another name of this server", "https://localhost:8443/.default", "https://localhost:8443"],
  ])("the scope may name %s", async (_what, scope, aud) => {
    const { accessToken } = await withSecret({ scope });
    expect(decodeJwt(accessToken).aud).toBe(aud);
    await expect(fixture.identity.authenticate(`Bearer ${accessToken}`)).resolves.toBeDefined();
  });

  test.each([
    ["a wrong secret", { client_secret: "wrong" }, 401, "invalid_client", 7000215],
    ["no credential", {}, 401, "invalid_client", 7000218],
    ["an unknown client", { client_id: randomUUID(), client_secret: "x" }, 400, "unauthorized_client", 700016],
    ["another grant", { grant_type: "password" }, 400, "unsupported_grant_type", 70003],
    [
      "a foreign resource",
      { client_secret: "x", scope: "https://example.com/.default" },
      400,
      "invalid_resource",
      500011,
    ],
    ["a scope of another form", { client_secret: "x", scope: "openid" }, 400, "invalid_scope", 1002012],
    ["a field of absurd length", { client_secret: "x".repeat(5000) }, 400, "invalid_request", 900144],
  ])("%s is refused with the code that people look up", async (_what, fields, status, error, code) => {
    const refusal = await request(fields as Record<string, string>).catch((reason: unknown) => reason);
    expect(refusal).toMatchObject({ status });
    expect((refusal as { toBody(now: Date, id: string): unknown }).toBody(new Date(), "c-1")).toMatchObject({
      error,
      error_description: expect.stringMatching(new RegExp(`^AADSTS${code}: `)),
      error_codes: [code],
      correlation_id: "c-1",
    });
  });

  test("a thousand requests with a right secret pay the slow hash once", async () => {
    await withSecret();
    let slowHashes = 0;
    const hook = createHook({
      init: (_id, type) => {
        if (type === "SCRYPTREQUEST") slowHashes++;
      },
    }).enable();
    for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 100 }, () => withSecret()));
    expect(slowHashes).toBe(0);
    // A wrong one pays, so the count is one of slow hashes.
    await expect(request({ client_secret: "wrong" })).rejects.toMatchObject({ status: 401 });
    hook.disable();
    expect(slowHashes).toBeGreaterThan(0);
  });

  test("after ten wrong secrets from one address further guesses wait, but who knows the secret gets in", async () => {
    const address = randomUUID();
    const guess = () => request({ client_secret: "wrong" }, address).catch((reason: unknown) => reason);
    for (let count = 0; count < 10; count++) expect(await guess()).toMatchObject({ status: 401 });
    expect(await guess()).toMatchObject({ status: 429, retryAfterSeconds: expect.any(Number) });
    await expect(request({ client_secret: fixture.installation.ownerClientSecret }, address)).resolves.toBeDefined();
    await expect(request({ client_secret: "wrong" }, randomUUID())).rejects.toMatchObject({ status: 401 });
    fixture.clock.advance(6 * 60 * 1000);
    expect(await guess()).toMatchObject({ status: 401 });
  });

  test("a restart keeps keys, tokens and secrets valid", async () => {
    const { accessToken } = await withSecret();
    const before = { ...fixture.installation };
    await fixture.restart();
    expect(fixture.installation).toEqual(before);
    await expect(fixture.identity.authenticate(`Bearer ${accessToken}`)).resolves.toBeDefined();
    await expect(withSecret()).resolves.toBeDefined();
  });

  test("keys rotate with overlap: published before they sign, and kept until their tokens have ended", async () => {
    const kid = async () => decodeProtectedHeader((await withSecret()).accessToken).kid;
    const published = async () => (await fixture.identity.keys.published()).keys.map((key) => key.kid);
    const first = await kid();
    fixture.clock.advance(31 * DAY_MS);
    expect(await kid()).toBe(first);
    expect(await published()).toHaveLength(2);
    fixture.clock.advance(DAY_MS - 60_000);
    const { accessToken } = await withSecret();
    fixture.clock.advance(2 * 60 * 1000);
    expect(await kid()).not.toBe(first);
    await expect(fixture.identity.authenticate(`Bearer ${accessToken}`)).resolves.toBeDefined();
    fixture.clock.advance(2 * DAY_MS);
    await kid();
    expect(await published()).not.toContain(first);
  });

  describe("with a certificate", () => {
    let application: Application;
    let privateKey: KeyObject;
    let pem: string;

    beforeAll(async () => {
      const { store, clock } = fixture;
      const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
      privateKey = pair.privateKey;
      const authority = await readCertificateAuthority(await makeCa("test", clock.now()), "test", clock);
      const publicKey = await crypto.subtle.importKey(
        "spki",
        pair.publicKey.export({ format: "der", type: "spki" }),
        { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
        true,
        ["verify"],
      );
      pem = (await authority.issue({ commonName: "pipeline", publicKey, lifeDays: 90 })).toString("pem");
      const { sha256, sha1 } = thumbprintsOf(pem);
      const now = clock.now();
      application = await store.write(async (tx) => {
        const added = await addApplication(tx, { kind: "Application", name: "pipeline" }, clock);
        await tx
          .insertInto("application_credentials")
          .values({
            credential_id: randomUUID(),
            app_id: added.appId,
            kind: "certificate",
            value: pem,
            thumbprint: sha256,
            thumbprint_sha1: sha1,
            created_at: now.toISOString(),
            expires_at: new Date(now.getTime() + 90 * DAY_MS).toISOString(),
          })
          .execute();
        return added;
      });
    });

    let claims: Record<string, unknown>;
    beforeEach(() => {
      const now = fixture.clock.now().getTime() / 1000;
      const id = application.appId;
      claims = {
        aud: fixture.identity.tokenEndpoint,
        iss: id,
        sub: id,
        jti: randomUUID(),
        nbf: now,
        iat: now,
        exp: now + 600,
      };
    });

    function assertion(header: Record<string, unknown>, key = privateKey): string {
      const input = `${base64url(header)}.${base64url(claims)}`;
      const padding =
        header.alg === "PS256"
          ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
          : { padding: constants.RSA_PKCS1_PADDING };
      return `${input}.${sign("sha256", Buffer.from(input), { key, ...padding }).toString("base64url")}`;
    }
    const ask = (client_assertion: string) =>
      request({
        client_id: application.appId,
        client_assertion,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      });
    const thumbprint = (hash: "sha1" | "sha256") =>
      createHash(hash).update(new X509Certificate(pem).raw).digest("base64url");
    const x5c = () => (new X509Certificate(pem).raw.toString("base64").match(/.{1,64}/g) ?? []).join("\n");

    test("the JavaScript form works: PS256, x5t#S256", async () => {
      await expect(
        ask(assertion({ alg: "PS256", typ: "JWT", "x5t#S256": thumbprint("sha256") })),
      ).resolves.toBeDefined();
    });

    test("the command-line form works: RS256, padded x5t, float times, no nbf", async () => {
      const { nbf: _nbf, ...rest } = claims;
      claims = rest;
      await expect(ask(assertion({ alg: "RS256", typ: "JWT", x5t: `${thumbprint("sha1")}=` }))).resolves.toBeDefined();
    });

    test.each([
      ["a list", (text: string) => [text]],
      ["one text", (text: string) => text],
    ])("a chain instead of a thumbprint works, with line breaks inside, as %s", async (_what, wrap) => {
      await expect(ask(assertion({ alg: "RS256", typ: "JWT", x5c: wrap(x5c()) }))).resolves.toBeDefined();
    });

    test.each<[string, () => string, RegExp]>([
      [
        "signed with another key, though the header carries the right certificate",
        () => assertion({ alg: "RS256", x5c: [x5c()] }, generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey),
        /signature does not fit the registered certificate/,
      ],
      ["naming an unknown certificate", () => assertion({ alg: "RS256", x5t: "AAAA" }), /not registered/],
      ["without reference to a certificate", () => assertion({ alg: "RS256" }), /not registered/],
      ["that is no JWT", () => "nonsense", /no JWT/],
      [
        "without signature",
        () => `${base64url({ alg: "none", x5t: thumbprint("sha1") })}.${base64url(claims)}.`,
        /no JWT/,
      ],
      [
        "for another audience",
        () => {
          claims.aud = "https://example.com/token";
          return assertion({ alg: "RS256", x5t: thumbprint("sha1") });
        },
        /its audience must be https:\/\/127\.0\.0\.1:8443/,
      ],
      [
        "that has expired",
        () => {
          claims.exp = 1000;
          return assertion({ alg: "RS256", x5t: thumbprint("sha1") });
        },
        /valid until 1970-01-01T00:16:40\.000Z .* check the client's clock/,
      ],
      [
        "of another client",
        () => {
          claims.sub = randomUUID();
          return assertion({ alg: "RS256", x5t: thumbprint("sha1") });
        },
        /claim 'sub'/,
      ],
      [
        "that would live for a year",
        () => {
          claims.exp = fixture.clock.now().getTime() / 1000 + 365 * 86_400;
          return assertion({ alg: "RS256", x5t: thumbprint("sha1") });
        },
        /more than a day/,
      ],
    ])("an assertion %s is refused", async (_what, make, reason) => {
      await expect(ask(make())).rejects.toMatchObject({ kind: "badAssertion", message: expect.stringMatching(reason) });
    });

    test("a certificate that has ended buys nothing", async () => {
      fixture.clock.advance(91 * DAY_MS);
      const now = fixture.clock.now().getTime() / 1000;
      Object.assign(claims, { iat: now, nbf: now, exp: now + 600 });
      await expect(ask(assertion({ alg: "PS256", "x5t#S256": thumbprint("sha256") }))).rejects.toMatchObject({
        kind: "badAssertion",
      });
    });
  });
});
