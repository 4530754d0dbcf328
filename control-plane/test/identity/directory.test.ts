import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { decodeProtectedHeader } from "jose";
import { builtInRoles } from "../../src/authorization/built-in-roles.ts";
import { addAssignment } from "../../src/authorization/role-assignments.ts";
import { addApplication } from "../../src/identity/applications.ts";
import { makeCa } from "../../src/pki/certificate-authority.ts";
import { type Answer, type Api, type Method, startApi } from "../support/api.ts";

let api: Api;
let root: string;
beforeAll(async () => {
  api = await startApi();
  root = `${api.subscription}/providers/Arcfleet.Identity`;
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const version = "api-version=2026-11-01";
const call = (method: Method, path: string, body?: unknown, headers = {}): Promise<Answer> =>
  api.call(method, `${root}/${path}${path.includes("?") ? "&" : "?"}${version}`, body, headers);

const tokenFor = async (client_id: string, client_secret: string) => {
  const { identity } = api.controlPlane.services;
  const scope = `${api.controlPlane.endpoint}/.default`;
  return identity.requestToken({ grant_type: "client_credentials", client_id, client_secret, scope }, "test");
};

describe("people", () => {
  test("are made with a password that is answered once, shown without it, changed and removed", async () => {
    const made = await call("PUT", "users/Dana@Example", { properties: { displayName: "Dana" } });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      id: `${root}/users/Dana@Example`,
      type: "Arcfleet.Identity/users",
      properties: {
        displayName: "Dana",
        isDisabled: false,
        password: expect.stringMatching(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/),
      },
    });
    expect(made.headers["cache-control"]).toBe("no-store");
    const { users } = api.controlPlane.services.identity;
    expect((await users.checkPassword("dana@example", String(made.properties.password))).kind).toBe("right");
    const shown = await call("GET", "users/dana@example");
    expect(shown.properties).toEqual({ ...made.properties, password: undefined });
    const again = await call("PUT", "users/DANA@example", { properties: { isDisabled: true } });
    expect(again).toMatchObject({
      status: 200,
      body: { name: "Dana@Example" },
      properties: { displayName: "Dana", isDisabled: true },
    });
    expect(again.properties.password).toBeUndefined();
    expect((await users.checkPassword("dana@example", String(made.properties.password))).kind).toBe("wrong");
    expect((await call("DELETE", "users/dana@example")).status).toBe(200);
    expect((await call("DELETE", "users/dana@example")).status).toBe(204);
    expect((await call("GET", "users/dana@example")).errorCode).toBe("ResourceNotFound");
  });

  test("get a new password, given or made", async () => {
    const { users } = api.controlPlane.services.identity;
    await call("PUT", "users/erin", { properties: { password: "a long first password" } });
    const reset = await call("POST", "users/erin/resetPassword");
    expect((await users.checkPassword("erin", "a long first password")).kind).toBe("wrong");
    expect((await users.checkPassword("erin", String(reset.body.password))).kind).toBe("right");
    const given = await call("POST", "users/erin/resetPassword", { password: "a long second password" });
    expect(given.text).not.toContain("second");
    expect((await users.checkPassword("erin", "a long second password")).kind).toBe("right");
    expect((await call("POST", "users/erin/endSessions")).status).toBe(204);
    expect((await call("POST", "users/nobody/endSessions")).errorCode).toBe("ResourceNotFound");
  });

  test.each<[string, string, unknown, string]>([
    ["a name with a slash", "users/a%2Fb", {}, "InvalidResourceName"],
    ["a short password", "users/frank", { properties: { password: "short" } }, "InvalidRequestContent"],
    ["no object", "users/frank", [], "InvalidRequestContent"],
    ["a password for who exists", "users/erin", { properties: { password: "another long one" } }, "ValidationFailed"],
  ])("are refused with %s", async (_what, path, body, code) => {
    expect((await call("PUT", path, body)).errorCode).toBe(code);
  });

  test("are listed in pages, and can be given roles", async () => {
    for (const name of ["page-1", "page-2", "page-3"]) await call("PUT", `users/${name}`, {});
    const names: unknown[] = [];
    let page = await call("GET", "users?$top=2");
    for (;;) {
      names.push(...(page.body.value as { name: string }[]).map(({ name }) => name));
      if (page.body.nextLink === null) break;
      page = await api.follow(page.body.nextLink);
    }
    expect(names).toEqual(["erin", "page-1", "page-2", "page-3"]);
    const { properties } = await call("GET", "users/page-1");
    const assign = (principalType?: string) =>
      api.call(
        "PUT",
        `${api.subscription}/providers/Microsoft.Authorization/roleAssignments/11111111-2222-3333-4444-555555555555?api-version=2022-04-01`,
        {
          properties: { roleDefinitionId: builtInRoles.reader.id, principalId: properties.principalId, principalType },
        },
      );
    expect((await assign("ServicePrincipal")).errorCode).toBe("UnmatchedPrincipalType");
    expect((await assign()).properties.principalType).toBe("User");
    await call("DELETE", "users/page-1");
    const rows = await api.controlPlane.services.store.read.selectFrom("role_assignments").selectAll().execute();
    expect(rows.filter(({ principal_id }) => principal_id === properties.principalId)).toEqual([]);
  });
});

describe("applications", () => {
  test("have several secrets, each shown once and removed for itself", async () => {
    const made = await call("PUT", "principals/pipeline", {});
    expect(made).toMatchObject({ status: 201, body: { name: "pipeline", type: "Arcfleet.Identity/principals" } });
    const appId = String(made.properties.appId);
    expect((await call("PUT", "principals/Pipeline", {})).properties.appId).toBe(appId);
    const first = await call("POST", "principals/pipeline/addCredential", { kind: "secret", description: "old" });
    const second = await call("POST", `principals/${appId}/addCredential`, { kind: "secret", expiresInDays: 2 });
    expect(first.status).toBe(201);
    const [one, two] = [String(first.body.secret), String(second.body.secret)];
    await expect(tokenFor(appId, one)).resolves.toBeDefined();
    await expect(tokenFor(appId, two)).resolves.toBeDefined();
    const listed = await call("GET", "principals/pipeline/credentials");
    expect(listed.body.value).toMatchObject([{ kind: "secret", description: "old" }, { kind: "secret" }]);
    for (const secret of [one, two, "scrypt"]) expect(listed.text).not.toContain(secret);
    expect((await call("DELETE", `principals/pipeline/credentials/${first.body.id}`)).status).toBe(200);
    expect((await call("DELETE", `principals/pipeline/credentials/${first.body.id}`)).status).toBe(204);
    await expect(tokenFor(appId, one)).rejects.toMatchObject({ kind: "wrongSecret" });
  });

  test("are removed with their tokens, and managed identities are not found among them", async () => {
    const made = await call("PUT", "principals/short-lived", {});
    const { body } = await call("POST", "principals/short-lived/addCredential", { kind: "secret" });
    const { accessToken } = await tokenFor(String(made.properties.appId), String(body.secret));
    const { identity, store } = api.controlPlane.services;
    await identity.authenticate(`Bearer ${accessToken}`);
    expect((await call("DELETE", "principals/short-lived")).status).toBe(200);
    await expect(identity.authenticate(`Bearer ${accessToken}`)).rejects.toMatchObject({
      code: "AuthenticationFailed",
    });
    const managed = await store.write((tx) => identity.applications.ensureIdentity(tx, `${api.subscription}/x`));
    expect((await call("GET", `principals/${managed.appId}`)).errorCode).toBe("ResourceNotFound");
    expect((await call("GET", "principals")).text).not.toContain(managed.appId);
  });

  test("prove themselves with strong certificates only, and never hand over a key", async () => {
    await call("PUT", "principals/signer", {});
    const add = (certificate: string) =>
      call("POST", "principals/signer/addCredential", { kind: "certificate", certificate });
    const keyed = await makeCa("signer", api.clock.now());
    expect((await add(keyed)).errorMessage).toMatch(/private key/);
    const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(keyed)?.[0] ?? "";
    const added = await add(pem);
    expect(added.body).toMatchObject({
      kind: "certificate",
      thumbprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      expiresTime: expect.any(String),
    });
    expect((await add("nonsense")).errorCode).toBe("ValidationFailed");
  });

  test("register federated issuers and addresses of https only", async () => {
    await call("PUT", "principals/builder", {});
    const federated = { kind: "federated", subject: "repo:a/b:ref:refs/heads/main" };
    const add = (issuer: string) => call("POST", "principals/builder/addCredential", { ...federated, issuer });
    expect((await add("http://issuer.example")).errorCode).toBe("ValidationFailed");
    expect((await add("https://issuer.example")).body).toMatchObject({
      issuer: "https://issuer.example",
      audience: "api://AzureADTokenExchange",
    });
    const put = (redirectUri: string) =>
      call("PUT", "principals/portal", { properties: { redirectUris: [redirectUri] } });
    for (const bad of ["http://portal.example", "javascript:alert(1)", "https://a@portal.example", "https://x/#y"]) {
      expect((await put(bad)).errorCode).toBe("ValidationFailed");
    }
    expect((await put("https://portal.example/signed-in")).status).toBe(201);
  });

  test("are refused under names that could be mistaken for client ids", async () => {
    const { errorCode } = await call("PUT", "principals/11111111-2222-3333-4444-555555555555", {});
    expect(errorCode).toBe("InvalidResourceName");
  });

  test("never lose the first Owner, nor the last credential of who asks", async () => {
    const { clientId } = api.controlPlane.connection;
    expect((await call("DELETE", `principals/${clientId}`)).errorCode).toBe("PrincipalProtected");
    const { body } = await call("GET", `principals/${clientId}/credentials`);
    const [only] = body.value as { id: string }[];
    expect((await call("DELETE", `principals/${clientId}/credentials/${only?.id}`)).errorCode).toBe(
      "PrincipalProtected",
    );
  });
});

test("who may not assign roles can give nobody a way to sign in: it would be a way to their roles", async () => {
  const { store, identity } = api.controlPlane.services;
  const contributor = await store.write(async (tx) => {
    const added = await addApplication(tx, { kind: "Application", name: "contributor" }, api.clock);
    const { principalId } = added;
    const what = { scope: api.subscription, principalType: "ServicePrincipal", createdBy: "test", principalId };
    await addAssignment(tx, { ...what, role: builtInRoles.contributor.id }, api.clock);
    return added;
  });
  const { accessToken } = await identity.issuer.issue(contributor, api.controlPlane.endpoint);
  const headers = { authorization: `Bearer ${accessToken}` };
  const { clientId } = api.controlPlane.connection;
  expect((await call("GET", "principals", undefined, headers)).status).toBe(200);
  for (const [method, path, body] of [
    ["POST", `principals/${clientId}/addCredential`, { kind: "secret" }],
    ["PUT", "principals/mine", {}],
    ["PUT", "users/mine", {}],
    ["POST", "users/erin/resetPassword", {}],
    ["POST", "rotateSigningKeys", {}],
  ] as const) {
    expect((await call(method, path, body, headers)).errorCode).toBe("AuthorizationFailed");
  }
});

describe("what ends", () => {
  test("is a secret, on the day that was said", async () => {
    const { store, identity } = api.controlPlane.services;
    const { properties } = await call("PUT", "principals/brief", {});
    const { body } = await call("POST", "principals/brief/addCredential", { kind: "secret", expiresInDays: 2 });
    const appId = String(properties.appId);
    await expect(tokenFor(appId, String(body.secret))).resolves.toBeDefined();
    const days = (Date.parse(String(body.expiresTime)) - api.clock.now().getTime()) / (24 * 3600 * 1000);
    expect(Math.round(days)).toBe(2);
    const ended = { expires_at: api.clock.now().toISOString() };
    await store.write((tx) =>
      tx.updateTable("application_credentials").set(ended).where("app_id", "=", appId).execute(),
    );
    await expect(tokenFor(appId, String(body.secret))).rejects.toMatchObject({ kind: "wrongSecret" });
    expect(await identity.applications.credentials(appId, "secret")).toEqual([]);
  });

  test("is a signing key, on command: soon after every process knows the new one, or at once and the old are gone", async () => {
    const { clientId, clientSecret } = api.controlPlane.connection;
    const kid = async () => decodeProtectedHeader((await tokenFor(clientId, clientSecret)).accessToken).kid;
    const first = await kid();
    const soon = await call("POST", "rotateSigningKeys", { mode: "soon" });
    expect(soon.body.value).toHaveLength(2);
    expect(await kid()).toBe(first);
    api.clock.advance(40_000);
    expect(await kid()).not.toBe(first);
    const { accessToken } = await tokenFor(clientId, clientSecret);
    const { identity } = api.controlPlane.services;
    await identity.authenticate(`Bearer ${accessToken}`);
    const revoked = await call("POST", "rotateSigningKeys", { mode: "revoke" });
    expect(revoked.body.value).toHaveLength(1);
    await expect(identity.authenticate(`Bearer ${accessToken}`)).rejects.toMatchObject({
      headers: { "www-authenticate": expect.stringContaining('error="insufficient_claims"') },
    });
  });
});
