import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { type Application, addApplication } from "../../src/identity/applications.ts";
import { addCredential } from "../../src/identity/credentials.ts";
import {
  type FederatedCredential,
  FederatedCredential as FederatedCredentialSchema,
  tokenExchangeAudience,
} from "../../src/identity/outside/federated-credential.ts";
import { type IdentityFixture, identityFixture, publicUrl } from "../support/identity-fixture.ts";
import { type OutsideIssuer, startOutsideIssuer } from "../support/outside-issuer.ts";

const subject = "system:serviceaccount:build:deployer";

describe("federated credentials", () => {
  let fixture: IdentityFixture;
  let outside: OutsideIssuer;
  let application: Application;
  beforeAll(async () => {
    [fixture, outside] = await Promise.all([identityFixture(), startOutsideIssuer()]);
    application = await register("deployer", { issuer: outside.issuer, subject, caPem: outside.caPem });
  });
  afterAll(async () => {
    await outside[Symbol.asyncDispose]();
    await fixture.close();
  });

  const register = (name: string, what: Omit<FederatedCredential, "audience">): Promise<Application> =>
    fixture.store.write(async (tx) => {
      const added = await addApplication(tx, { kind: "Application", name }, fixture.clock);
      const value = JSON.stringify({ audience: tokenExchangeAudience, ...what });
      await addCredential(tx, { appId: added.appId, kind: "federated", value }, fixture.clock);
      return added;
    });
  let addresses = 0;
  const ask = (client_assertion: string, client_id = application.appId) =>
    fixture.identity.requestToken(
      {
        grant_type: "client_credentials",
        client_id,
        scope: `${publicUrl}/.default`,
        client_assertion,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      },
      `address-${addresses++}`,
    );
  const good = { sub: subject, aud: tokenExchangeAudience };

  test("a service account's token of a registered issuer buys a token, as often as it is sent", async () => {
    const token = await outside.sign({ ...good, aud: [tokenExchangeAudience] });
    const { accessToken } = await ask(token);
    await expect(ask(token)).resolves.toBeDefined();
    await expect(fixture.identity.authenticate(`Bearer ${accessToken}`)).resolves.toMatchObject({
      appId: application.appId,
      name: "deployer",
    });
  });

  test("the issuer is asked for its keys once", async () => {
    await ask(await outside.sign(good));
    const before = outside.requests.length;
    for (let round = 0; round < 20; round++) await ask(await outside.sign(good));
    expect(outside.requests).toHaveLength(before);
  });

  test.each<[string, JWTPayload]>([
    ["another subject", { sub: "system:serviceaccount:build:other" }],
    ["the subject in other letters", { sub: subject.toUpperCase() }],
    ["another audience", { aud: publicUrl }],
    ["an issuer with a slash more", { iss: "/" }],
    ["an issuer that nobody registered", { iss: "https://evil.example" }],
  ])("%s matches nothing, and nobody is asked for keys", async (_what, claims: JWTPayload) => {
    const before = outside.requests.length;
    const iss = claims.iss === "/" ? `${outside.issuer}/` : (claims.iss ?? outside.issuer);
    await expect(ask(await outside.sign({ ...good, ...claims, iss }))).rejects.toMatchObject({
      kind: "noFederatedCredential",
    });
    expect(outside.requests).toHaveLength(before);
  });

  test.each<[string, () => Promise<string>, RegExp]>([
    ["that has expired", () => outside.sign({ ...good, exp: 1000 }), /expired/],
    ["that is not valid yet", () => outside.sign({ ...good, nbf: Date.now() / 1000 + 3600 }), /'nbf'/],
    ["without an end", () => outside.sign({ ...good, exp: undefined }), /'exp'/],
    [
      "signed by somebody else under the issuer's key id",
      async () => outside.sign(good, { key: (await generateKeyPair("RS256")).privateKey }),
      /signature is wrong/,
    ],
    ["of an unknown key id", () => outside.sign(good, { header: { kid: "other" } }), /does not publish/],
    [
      "without signature",
      async () => {
        const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
        const claims = { iss: outside.issuer, exp: Date.now() / 1000 + 60, ...good };
        return `${encode({ alg: "none" })}.${encode(claims)}.`;
      },
      /signature is wrong|no signed JWT/,
    ],
    [
      "signed with the public key as if it were a shared secret",
      () =>
        new SignJWT({ iss: outside.issuer, ...good })
          .setExpirationTime("10m")
          .setProtectedHeader({ alg: "HS256", kid: "key-1" })
          .sign(Buffer.from(JSON.stringify(outside.jwks().keys[0]))),
      /signature is wrong/,
    ],
  ])("a token %s is refused", async (_what, make, reason) => {
    await expect(ask(await make())).rejects.toMatchObject({
      kind: "badAssertion",
      message: expect.stringMatching(reason),
    });
  });

  test("a credential of one application does not let another one in", async () => {
    const other = await register("other", { issuer: outside.issuer, subject: "else", caPem: outside.caPem });
    await expect(ask(await outside.sign(good), other.appId)).rejects.toMatchObject({ kind: "noFederatedCredential" });
  });

  test("an issuer whose certificate no known authority signed is not believed", async () => {
    const unsafe = await register("unsafe", { issuer: outside.issuer, subject });
    await expect(ask(await outside.sign(good), unsafe.appId)).rejects.toMatchObject({
      kind: "issuerUnreachable",
      status: 503,
    });
  });

  test("an issuer that calls itself otherwise is not believed, and one that is down is left alone for a while", async () => {
    await using second = await startOutsideIssuer();
    second.document = { issuer: outside.issuer, jwks_uri: `${second.issuer}/keys` };
    const app = await register("second", { issuer: second.issuer, subject, caPem: second.caPem });
    const token = await second.sign(good);
    for (let round = 0; round < 5; round++) {
      await expect(ask(token, app.appId)).rejects.toMatchObject({ kind: "issuerUnreachable" });
    }
    expect(second.requests).toHaveLength(1);
    second.document = { issuer: second.issuer, jwks_uri: `${second.issuer}/keys` };
    fixture.clock.advance(11_000);
    await expect(ask(token, app.appId)).resolves.toBeDefined();
  });

  test("an issuer that cannot be reached is verified with keys that were registered", async () => {
    await using hidden = await startOutsideIssuer();
    const jwks = FederatedCredentialSchema.shape.jwks.parse(hidden.jwks());
    if (jwks === undefined) throw new Error("no keys");
    const app = await register("hidden", { issuer: hidden.issuer, subject, jwks });
    await expect(ask(await hidden.sign(good), app.appId)).resolves.toBeDefined();
    expect(hidden.requests).toEqual([]);
    await hidden.rotate();
    await expect(ask(await hidden.sign(good), app.appId)).rejects.toMatchObject({ kind: "badAssertion" });
  });

  test("only https addresses and public keys can be registered", () => {
    const parse = (what: object) => FederatedCredentialSchema.safeParse({ subject, ...what }).success;
    expect(parse({ issuer: "https://issuer.example" })).toBe(true);
    expect(parse({ issuer: "http://issuer.example" })).toBe(false);
    expect(parse({ issuer: "file:///etc/passwd" })).toBe(false);
    const keys = (key: object) => ({ issuer: "https://issuer.example", jwks: { keys: [key] } });
    expect(parse(keys({ kty: "RSA", n: "AQ", e: "AQAB" }))).toBe(true);
    expect(parse(keys({ kty: "RSA", n: "AQ", e: "AQAB", d: "AQ" }))).toBe(false);
    expect(parse(keys({ kty: "oct", k: "AQ" }))).toBe(false);
  });
});
