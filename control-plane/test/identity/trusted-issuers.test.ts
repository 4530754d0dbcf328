import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { generateKeyPair, type JWTPayload } from "jose";
import { builtInRoles } from "../../src/authorization/built-in-roles.ts";
import { outsideId } from "../../src/identity/outside/outside-ids.ts";
import { type Api, startApi } from "../support/api.ts";
import { type OutsideIssuer, type SignOptions, startOutsideIssuer } from "../support/outside-issuer.ts";
import { tempFolder } from "../support/temp-folder.ts";

let api: Api;
let outside: OutsideIssuer;
let other: OutsideIssuer;
beforeAll(async () => {
  [outside, other] = await Promise.all([startOutsideIssuer(), startOutsideIssuer()]);
  const folder = await tempFolder();
  const jwksFile = join(folder.path, "jwks.json");
  await writeFile(jwksFile, JSON.stringify(other.jwks()));
  const { issuer, caFile } = outside;
  api = await startApi({
    trustedIssuers: [
      {
        issuer,
        caFile,
        audiences: ["arcfleet"],
        claims: { id: "sub", name: "email", groups: "groups" },
        required: { hd: "example.com" },
      },
      { issuer: other.issuer, jwksFile, audiences: ["arcfleet"], kind: "Application" },
    ],
  });
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await outside[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

const good = { sub: "u-1", aud: "arcfleet", email: "ann@example.com", hd: "example.com", groups: ["ops", "dev"] };
const groupsList = () => `${api.subscription}/resourceGroups`;
const callWith = (token: string) => api.call("GET", groupsList(), undefined, { authorization: `Bearer ${token}` });
const call = async (claims: JWTPayload = {}, options: SignOptions = {}) =>
  callWith(await outside.sign({ ...good, ...claims }, options));
const assign = (principalId: string, principalType: string) =>
  api.call(
    "PUT",
    `${api.subscription}/providers/Microsoft.Authorization/roleAssignments/${outsideId("group", "name", principalId)}?api-version=2022-04-01`,
    { properties: { roleDefinitionId: builtInRoles.reader.id, principalId, principalType } },
  );

describe("tokens of trusted outside issuers", () => {
  test("are accepted, and open nothing by themselves", async () => {
    const { status, errorMessage } = await call();
    expect(status).toBe(403);
    expect(errorMessage).toContain("ann@example.com");
    expect(errorMessage).toContain(outsideId("principal", outside.issuer, "u-1"));
  });

  test("open what was granted to a group, or to the person", async () => {
    expect((await assign(outsideId("group", outside.issuer, "ops"), "Group")).status).toBe(201);
    expect((await call()).status).toBe(200);
    expect((await call({ groups: ["dev"] })).status).toBe(403);
    expect((await call({ groups: undefined })).status).toBe(403);
    await assign(outsideId("principal", outside.issuer, "u-2"), "User");
    expect((await call({ sub: "u-2", groups: [] })).status).toBe(200);
  });

  test("cannot claim an id of ours: ids are worked out, not read", async () => {
    const { clientId } = api.controlPlane.connection;
    const owner = await api.controlPlane.services.identity.applications.findByAppId(clientId);
    const claims = {
      oid: owner?.principalId,
      appid: clientId,
      azp: clientId,
      tid: api.controlPlane.connection.tenantId,
    };
    expect((await call({ ...claims, sub: owner?.principalId ?? "", groups: [owner?.principalId ?? ""] })).status).toBe(
      403,
    );
  });

  test.each<[string, () => Promise<string>]>([
    ["of another audience", () => outside.sign({ ...good, aud: "other" })],
    ["that have expired", () => outside.sign({ ...good, exp: 1000 })],
    ["that are not valid yet", () => outside.sign({ ...good, nbf: Date.now() / 1000 + 3600 })],
    ["without what is required", () => outside.sign({ ...good, hd: "evil.example" })],
    ["without a subject", () => outside.sign({ ...good, sub: undefined })],
    ["with a thing in place of groups", () => outside.sign({ ...good, groups: { ops: true } })],
    ["with too many groups", () => outside.sign({ ...good, groups: Array.from({ length: 501 }, String) })],
    ["signed by somebody else", async () => outside.sign(good, { key: (await generateKeyPair("RS256")).privateKey })],
    [
      "signed by another trusted issuer",
      () => other.sign({ ...good, iss: outside.issuer }, { header: { kid: "key-1" } }),
    ],
    ["of an issuer that nobody trusts", () => outside.sign({ ...good, iss: "https://evil.example" })],
    [
      "that say they are ours",
      () => outside.sign({ ...good, iss: `${api.controlPlane.endpoint}/${api.controlPlane.connection.tenantId}/v2.0` }),
    ],
    [
      "without signature",
      async () => {
        const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
        return `${encode({ alg: "none" })}.${encode({ iss: outside.issuer, exp: Date.now() / 1000 + 60, ...good })}.`;
      },
    ],
  ])("are refused: %s", async (_what, make) => {
    const { status, errorCode } = await callWith(await make());
    expect({ status, errorCode }).toEqual({ status: 401, errorCode: "AuthenticationFailed" });
  });

  test("of an issuer that cannot be reached are verified with the keys of a file", async () => {
    const { errorMessage } = await callWith(await other.sign({ sub: "robot", aud: "arcfleet" }));
    expect(errorMessage).toContain(outsideId("principal", other.issuer, "robot"));
    expect(other.requests).toEqual([]);
  });
});

test("an issuer whose file is not there stops the start", async () => {
  const trusted = { issuer: "https://i.example", audiences: ["a"], caFile: "/nowhere/ca.pem" };
  await expect(startApi({ trustedIssuers: [trusted] })).rejects.toThrow(/\/nowhere\/ca\.pem of the trusted issuer/);
  await expect(startApi({ trustedIssuers: [{ issuer: "http://i.example", audiences: ["a"] }] })).rejects.toThrow();
});
