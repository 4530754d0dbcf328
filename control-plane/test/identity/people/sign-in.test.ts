import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { decodeJwt } from "jose";
import { addApplication } from "../../../src/identity/applications.ts";
import { hashSecret } from "../../../src/identity/client-secret.ts";
import { addCredential } from "../../../src/identity/credentials.ts";
import { endSessions, type User } from "../../../src/identity/people/users.ts";
import { type Api, startApi } from "../../support/api.ts";
import { authorizeUrl, commandLine, loopback, makePerson, pkce, TestBrowser } from "../../support/person.ts";

const password = "correct horse battery";
let api: Api;
let person: User;
let browser: TestBrowser;
beforeAll(async () => {
  api = await startApi();
  person = await makePerson(api.controlPlane, "Alice", password);
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});
beforeEach(() => {
  browser = new TestBrowser(api.controlPlane);
});

/** Asks the token endpoint. */
async function ask(fields: Record<string, string>, tenant = api.controlPlane.connection.tenantId) {
  const answer = await api.controlPlane.app.inject({
    method: "POST",
    url: `/${tenant}/oauth2/v2.0/token`,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    payload: new URLSearchParams({ client_id: commandLine, ...fields }).toString(),
  });
  return { status: answer.statusCode, body: answer.json() };
}
const redeem = (code: string, verifier: string, more: Record<string, string> = {}) =>
  ask({ grant_type: "authorization_code", code, redirect_uri: loopback, code_verifier: verifier, ...more });
const refresh = (refresh_token: string, more: Record<string, string> = {}) =>
  ask({ grant_type: "refresh_token", refresh_token, ...more });

const signIn = (name = "alice", secret = password) =>
  browser.submit({ username: name, password: secret, action: "sign-in" });
const codeOf = (location: string | undefined): string => new URL(location ?? "none:").searchParams.get("code") ?? "";

/** A code for the person, with what it takes to redeem it. */
async function obtainCode(parameters: Record<string, string> = {}) {
  const { verifier, challenge } = pkce();
  await browser.open(authorizeUrl(api.controlPlane, { challenge, prompt: "login", ...parameters }));
  const { location } = await signIn();
  return { code: codeOf(location), verifier };
}
async function obtainTokens() {
  const { code, verifier } = await obtainCode();
  return (await redeem(code, verifier)).body;
}
const callWith = (token: string) =>
  api.call("GET", "/subscriptions?api-version=2022-12-01", undefined, { authorization: `Bearer ${token}` });

describe("a person signs in with a browser", () => {
  test("and the program gets tokens of theirs", async () => {
    const { verifier, challenge } = pkce();
    const page = await browser.open(authorizeUrl(api.controlPlane, { challenge, login_hint: "alice" }));
    expect(page.status).toBe(200);
    expect(page.text).toContain('value="alice"');
    const { status, location } = await signIn();
    expect(status).toBe(303);
    const url = new URL(location ?? "");
    expect(url.origin).toBe(loopback);
    expect(url.searchParams.get("state")).toBe("the state");
    const { connection, endpoint } = api.controlPlane;
    expect(url.searchParams.get("iss")).toBe(`${endpoint}/${connection.tenantId}/v2.0`);
    const { body } = await redeem(codeOf(location), verifier);
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: 3599, refresh_token: expect.any(String) });
    expect(decodeJwt(body.id_token)).toMatchObject({
      aud: commandLine,
      oid: person.userId,
      nonce: "the nonce",
      preferred_username: "Alice",
      name: "The Alice",
    });
    expect(decodeJwt(body.access_token)).toMatchObject({ aud: endpoint, oid: person.userId, idtyp: "user" });
    expect(JSON.parse(Buffer.from(body.client_info, "base64url").toString())).toEqual({
      uid: person.userId,
      utid: connection.tenantId,
    });
    expect((await callWith(body.access_token)).status).toBe(200);
    const info = await api.call("GET", `/${connection.tenantId}/openid/userinfo`, undefined, {
      authorization: `Bearer ${body.access_token}`,
    });
    expect(info.body).toEqual({ sub: person.userId, name: "The Alice", preferred_username: "Alice" });
  });

  test("an id token is no access token", async () => {
    const { id_token } = await obtainTokens();
    expect((await callWith(id_token)).status).toBe(401);
  });

  test("the browser stays signed in, but a public program never gets a code without a click", async () => {
    await obtainCode();
    const { challenge } = pkce();
    const again = await browser.open(authorizeUrl(api.controlPlane, { challenge }));
    expect(again.text).toContain("The Alice");
    expect(again.location).toBeUndefined();
    expect(codeOf((await browser.submit({ action: "continue" })).location)).not.toBe("");
    await browser.open(authorizeUrl(api.controlPlane, { challenge }));
    expect((await browser.submit({ action: "other" })).text).toContain("Password");
    const silent = await browser.open(authorizeUrl(api.controlPlane, { challenge, prompt: "none" }));
    expect(silent.location).toContain("error=interaction_required");
    const fresh = await browser.open(authorizeUrl(api.controlPlane, { challenge, prompt: "login" }));
    expect(fresh.text).toContain("Password");
    expect((await browser.submit({ action: "continue" })).text).toContain("Password");
    const other = await browser.open(authorizeUrl(api.controlPlane, { challenge, login_hint: "bob" }));
    expect(other.text).toContain('value="bob"');
  });

  test("cancelling tells the program", async () => {
    await browser.open(authorizeUrl(api.controlPlane, { challenge: pkce().challenge }));
    const { location } = await browser.submit({ action: "cancel" });
    expect(new URL(location ?? "").searchParams.get("error")).toBe("access_denied");
  });

  test.each([
    ["fragment", /^http:\/\/localhost:50001\/#code=/],
    ["query", /^http:\/\/localhost:50001\/\?code=/],
  ])("the answer goes as %s", async (response_mode, pattern) => {
    await browser.open(authorizeUrl(api.controlPlane, { challenge: pkce().challenge, response_mode }));
    expect((await signIn()).location).toMatch(pattern);
  });

  test("the answer goes as a form, which is sent by a script of ours or by hand", async () => {
    await browser.open(authorizeUrl(api.controlPlane, { challenge: pkce().challenge, response_mode: "form_post" }));
    const page = await signIn();
    expect(page.status).toBe(200);
    expect(page.text).toContain(`<form method="post" action="${loopback}">`);
    expect(browser.fields).toMatchObject({ code: expect.any(String), state: "the state" });
    expect(page.headers["content-security-policy"]).toMatch(
      /script-src 'sha256-[^']+'; form-action 'self' http:\/\/localhost:50001;/,
    );
  });

  test("the pages load nothing, show in no frame, and their cookies are for this host and no script", async () => {
    const page = await browser.open(authorizeUrl(api.controlPlane, { challenge: pkce().challenge }));
    expect(page.headers).toMatchObject({
      "x-frame-options": "DENY",
      "cache-control": "no-store",
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "set-cookie": expect.stringMatching(/^__Host-arcfleet-form=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    });
    expect(page.headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' http:\/\/localhost:50001; base-uri 'none'; frame-ancestors 'none'$/,
    );
    const signedIn = await signIn();
    expect(signedIn.headers["set-cookie"]).toMatch(/^__Host-arcfleet-session=.*; HttpOnly; Secure; SameSite=Lax$/);
  });

  test("what came with the request is text on the page, never markup", async () => {
    const evil = `"><script>alert(1)</script>`;
    const { text } = await browser.open(
      authorizeUrl(api.controlPlane, { challenge: pkce().challenge, login_hint: evil }),
    );
    expect(text).not.toContain("<script>");
    expect(
      (await browser.open(authorizeUrl(api.controlPlane, { challenge: "x", client_id: evil }))).text,
    ).not.toContain("<script>");
  });
});

describe("an attacker", () => {
  test.each([
    ["another host", "https://evil.example/"],
    ["another path of the own machine", `${loopback}/other`],
    ["a host that begins like ours", "http://localhost.evil.example"],
    ["a name in front of the host", "http://localhost@evil.example"],
    ["https on the own machine", "https://localhost:50001"],
    ["a script", "javascript:alert(1)"],
    ["a fragment", `${loopback}/#x`],
    ["nothing", undefined],
  ])("cannot have the answer sent to %s", async (_what, redirect_uri) => {
    const url = authorizeUrl(api.controlPlane, { challenge: pkce().challenge, redirect_uri });
    const { status, location, text } = await browser.open(url);
    expect({ status, location }).toEqual({ status: 400, location: undefined });
    expect(text).not.toContain("<form");
  });

  test.each<[string, Record<string, string | undefined>, string]>([
    ["without PKCE", { code_challenge: undefined, code_challenge_method: undefined }, "invalid_request"],
    ["with plain PKCE", { code_challenge_method: "plain" }, "invalid_request"],
    ["for a token in the address", { response_type: "token" }, "unsupported_response_type"],
    ["for another resource", { scope: "https://example.com/.default" }, "invalid_scope"],
  ])("gets no code %s", async (_what, parameters, error) => {
    const { location } = await browser.open(
      authorizeUrl(api.controlPlane, { challenge: pkce().challenge, ...parameters }),
    );
    expect(new URL(location ?? "").searchParams.get("error")).toBe(error);
  });

  test("who stole a code has no verifier, and the code is used up", async () => {
    const { code, verifier } = await obtainCode();
    expect((await redeem(code, pkce().verifier)).body).toMatchObject({ error: "invalid_grant", error_codes: [501481] });
    expect((await redeem(code, verifier)).body).toMatchObject({ error: "invalid_grant", error_codes: [54005] });
    const other = await obtainCode();
    const form = { grant_type: "authorization_code", code: other.code, redirect_uri: loopback };
    expect((await ask(form)).body.error).toBe("invalid_grant");
  });

  test("who replays a code ends what it obtained", async () => {
    const { code, verifier } = await obtainCode();
    const first = await redeem(code, verifier);
    expect((await redeem(code, verifier)).body.error_codes).toEqual([54005]);
    expect((await refresh(first.body.refresh_token)).body).toMatchObject({
      error: "invalid_grant",
      suberror: "bad_token",
    });
  });

  test("a code is for one address, one program and five minutes", async () => {
    const one = await obtainCode();
    expect((await redeem(one.code, one.verifier, { redirect_uri: "http://localhost:1" })).body.error).toBe(
      "invalid_grant",
    );
    const two = await obtainCode();
    const powershell = { client_id: "1950a258-227b-4e31-a9cf-717495945fc2" };
    expect((await redeem(two.code, two.verifier, powershell)).body.error).toBe("invalid_grant");
    const three = await obtainCode();
    api.clock.advance(6 * 60 * 1000);
    expect((await redeem(three.code, three.verifier)).body.error).toBe("invalid_grant");
  });

  test("a replayed refresh token ends its whole family, after half a minute of grace", async () => {
    const first = (await obtainTokens()).refresh_token;
    const second = (await refresh(first)).body.refresh_token;
    expect(second).not.toBe(first);
    const parallel = await refresh(first);
    expect(parallel.status).toBe(200);
    api.clock.advance(31_000);
    expect((await refresh(first)).body).toMatchObject({ error: "invalid_grant", error_codes: [70008] });
    expect((await refresh(second)).body.error).toBe("invalid_grant");
    expect((await refresh(parallel.body.refresh_token)).body.error).toBe("invalid_grant");
  });

  test("a refresh token is for one program, and ends when it is not used for two weeks", async () => {
    const { refresh_token } = await obtainTokens();
    const powershell = { client_id: "1950a258-227b-4e31-a9cf-717495945fc2" };
    expect((await refresh(refresh_token, powershell)).body.error).toBe("invalid_grant");
    expect((await refresh("x".repeat(43))).body.error).toBe("invalid_grant");
    api.clock.advance(15 * 24 * 3600 * 1000);
    expect((await refresh(refresh_token)).body.error).toBe("invalid_grant");
  });

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ["without the page's mark", { csrf: "" }, {}],
    ["with another mark", { csrf: "x".repeat(43) }, {}],
    ["from another site", {}, { origin: "https://evil.example" }],
    ["from a page without origin", {}, { origin: "null" }],
    ["without our cookie", {}, { cookie: "" }],
  ])("a form %s is refused", async (_what, fields, headers) => {
    await browser.open(authorizeUrl(api.controlPlane, { challenge: pkce().challenge }));
    const answer = await browser.submit({ username: "alice", password, action: "sign-in", ...fields }, headers);
    expect(answer).toMatchObject({ status: 400, location: undefined });
    expect(browser.cookies.has("__Host-arcfleet-session")).toBe(false);
  });

  test("a session that was planted before is not the one after signing in", async () => {
    await obtainCode();
    const before = browser.cookies.get("__Host-arcfleet-session");
    await obtainCode();
    expect(browser.cookies.get("__Host-arcfleet-session")).not.toBe(before);
  });

  test("learns nothing from a wrong name or password, and waits after ten of them", async () => {
    await makePerson(api.controlPlane, "Guessed", password);
    await browser.open(authorizeUrl(api.controlPlane, { challenge: pkce().challenge }));
    const unknown = await signIn("nobody", "x");
    const wrong = await signIn("guessed", "x");
    expect([unknown.status, unknown.problem]).toEqual([wrong.status, wrong.problem]);
    for (let count = 0; count < 9; count++) await signIn("guessed", "x");
    const locked = await signIn("guessed");
    expect(locked).toMatchObject({ status: 429, problem: expect.stringMatching(/Wait \d+ seconds/) });
    api.clock.advance(6 * 60 * 1000);
    expect((await signIn("guessed")).status).toBe(303);
  });
});

describe("what was given ends", () => {
  test("when the person is disabled", async () => {
    const { store, identity } = api.controlPlane.services;
    const bob = await makePerson(api.controlPlane, "Bob", password);
    const { verifier, challenge } = pkce();
    await browser.open(authorizeUrl(api.controlPlane, { challenge }));
    const { body } = await redeem(codeOf((await signIn("bob")).location), verifier);
    await store.write((tx) =>
      tx.updateTable("users").set({ is_disabled: 1 }).where("user_id", "=", bob.userId).execute(),
    );
    identity.users.forget(bob.userId);
    const refused = await callWith(body.access_token);
    expect(refused.status).toBe(401);
    expect(refused.headers["www-authenticate"]).toContain('error="insufficient_claims"');
    expect((await refresh(body.refresh_token)).body.error).toBe("invalid_grant");
    const page = await browser.open(authorizeUrl(api.controlPlane, { challenge }));
    expect(page.text).toContain("Password");
    expect((await signIn("bob")).problem).toBe("The name or the password is not right.");
  });

  test("when all sessions are ended, and a new sign-in works at once", async () => {
    const { store, identity } = api.controlPlane.services;
    const carol = await makePerson(api.controlPlane, "Carol", password);
    const { verifier, challenge } = pkce();
    await browser.open(authorizeUrl(api.controlPlane, { challenge }));
    const { body } = await redeem(codeOf((await signIn("carol")).location), verifier);
    await store.write((tx) => endSessions(tx, carol.userId));
    identity.users.forget(carol.userId);
    expect((await callWith(body.access_token)).status).toBe(401);
    expect((await refresh(body.refresh_token)).body.error).toBe("invalid_grant");
    const next = pkce();
    await browser.open(authorizeUrl(api.controlPlane, { challenge: next.challenge }));
    const again = await redeem(codeOf((await signIn("carol")).location), next.verifier);
    expect((await callWith(again.body.access_token)).status).toBe(200);
  });

  test("when the person signs out, for which a click is needed", async () => {
    await obtainCode();
    const { tenantId } = api.controlPlane.connection;
    const logout = `/${tenantId}/oauth2/v2.0/logout?client_id=${commandLine}&post_logout_redirect_uri=`;
    expect((await browser.open(`${logout}https://evil.example`)).text).toContain("Sign out");
    expect(browser.cookies.has("__Host-arcfleet-session")).toBe(true);
    expect((await browser.submit({ action: "end" })).location).toBeUndefined();
    expect(browser.cookies.has("__Host-arcfleet-session")).toBe(false);
    await obtainCode();
    await browser.open(`${logout}${encodeURIComponent(loopback)}`);
    expect((await browser.submit({ action: "end" })).location).toBe(`${loopback}/`);
  });
});

describe("a program that keeps a secret", () => {
  const redirect = "https://portal.example/signed-in?x=1";
  let clientId: string;
  beforeAll(async () => {
    const { store, clock } = api.controlPlane.services;
    const value = await hashSecret("the secret");
    clientId = await store.write(async (tx) => {
      const what = { kind: "Application", name: "portal", redirectUris: [redirect] } as const;
      const { appId } = await addApplication(tx, what, clock);
      await addCredential(tx, { appId, kind: "secret", value }, clock);
      return appId;
    });
  });

  test("may go without PKCE, must prove itself, and gets codes silently for who is signed in", async () => {
    await obtainCode();
    const plain = { code_challenge: undefined, code_challenge_method: undefined };
    const url = authorizeUrl(api.controlPlane, {
      challenge: "",
      client_id: clientId,
      redirect_uri: redirect,
      ...plain,
    });
    const take = async () => codeOf((await browser.open(url)).location);
    const form = { grant_type: "authorization_code", client_id: clientId, redirect_uri: redirect };
    expect((await ask({ ...form, code: await take() })).body.error).toBe("invalid_client");
    expect((await ask({ ...form, code: await take(), client_secret: "wrong" })).body.error).toBe("invalid_client");
    const good = await ask({ ...form, code: await take(), client_secret: "the secret" });
    expect(good.status).toBe(200);
    const again = { grant_type: "refresh_token", client_id: clientId, refresh_token: good.body.refresh_token };
    expect((await ask(again)).body.error).toBe("invalid_client");
    expect((await ask({ ...again, client_secret: "the secret" })).status).toBe(200);
  });

  test("must name its address exactly", async () => {
    const url = (redirect_uri: string) =>
      authorizeUrl(api.controlPlane, { challenge: pkce().challenge, client_id: clientId, redirect_uri });
    expect((await browser.open(url(redirect))).status).toBe(200);
    for (const other of [
      `${redirect}&y=2`,
      redirect.replace("?x=1", ""),
      redirect.replace("https", "http"),
      loopback,
    ]) {
      expect((await browser.open(url(other))).status).toBe(400);
    }
  });
});

test("people may name no tenant, applications must", async () => {
  const { code, verifier } = await obtainCode();
  const form = { grant_type: "authorization_code", code, redirect_uri: loopback, code_verifier: verifier };
  expect((await ask(form, "organizations")).status).toBe(200);
  expect((await ask({ grant_type: "client_credentials" }, "organizations")).body.error_codes).toEqual([90002]);
  const { challenge } = pkce();
  const url = authorizeUrl(api.controlPlane, { challenge }).replace(/^\/[^/]+/, "/another");
  expect((await browser.open(url)).status).toBe(400);
});
