import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createAuthorizer } from "../../src/authorization/authorize.ts";
import { builtInRoles } from "../../src/authorization/built-in-roles.ts";
import { createGrants } from "../../src/authorization/grants.ts";
import { addAssignment } from "../../src/authorization/role-assignments.ts";
import { createRoles } from "../../src/authorization/roles.ts";
import { DomainError } from "../../src/errors.ts";
import { addApplication, revokeCredentials } from "../../src/identity/applications.ts";
import { type IdentityFixture, identityFixture, publicUrl } from "../support/identity-fixture.ts";

const clusterId = "/subscriptions/S/resourceGroups/G/providers/Microsoft.Kubernetes/connectedClusters/C";

describe("who calls", () => {
  let fixture: IdentityFixture;
  beforeAll(async () => {
    fixture = await identityFixture();
  });
  afterAll(() => fixture.close());

  const issueFor = async (resourceId: string) => {
    const { store, identity } = fixture;
    const managed = await store.write((tx) => identity.applications.ensureIdentity(tx, resourceId));
    const application = await identity.applications.findByAppId(managed.appId);
    if (application === undefined) throw new Error("the identity is gone");
    return { managed, ...(await identity.issuer.issue(application, publicUrl)) };
  };
  const refusal = async (header: string | undefined): Promise<DomainError> => {
    const error = await fixture.identity.authenticate(header).catch((reason: unknown) => reason);
    if (error instanceof DomainError) return error;
    throw new Error(`expected a refusal, got ${JSON.stringify(error)}`);
  };

  test("a managed identity is made once for a resource, whatever the case of its id", async () => {
    const first = await issueFor(clusterId);
    const second = await issueFor(clusterId.toUpperCase());
    expect(second.managed).toEqual(first.managed);
    await expect(fixture.identity.authenticate(`Bearer ${first.accessToken}`)).resolves.toMatchObject({
      kind: "ManagedIdentity",
      principalId: first.managed.principalId,
      resourceId: clusterId,
    });
  });

  test.each([[undefined], ["Basic abc"], ["Bearer"], ["Bearer a b"]])(
    "without a bearer token (%s) the challenge says where to get one",
    async (header) => {
      const error = await refusal(header);
      expect(error.code).toBe("AuthenticationFailed");
      expect(error.headers["www-authenticate"]).toMatch(
        /^Bearer authorization_uri="https:\/\/127\.0\.0\.1:8443\/[0-9a-f-]+", error="invalid_token", error_description="[^"]+"$/,
      );
    },
  );

  const expectRenewal = (error: DomainError): void => {
    const challenge = error.headers["www-authenticate"] ?? "";
    expect(challenge).toMatch(
      /^Bearer realm="", authorization_uri="https:\/\/127\.0\.0\.1:8443\/common\/oauth2\/authorize", error="insufficient_claims", claims="/,
    );
    const claims = /claims="([^"]+)"/.exec(challenge)?.[1] ?? "";
    expect(JSON.parse(Buffer.from(claims, "base64").toString())).toEqual({
      access_token: { nbf: { essential: true, value: expect.stringMatching(/^\d+$/) } },
    });
  };

  test("an expired token is answered with the challenge that makes clients renew it past their caches", async () => {
    const { accessToken } = await issueFor(clusterId);
    await fixture.identity.authenticate(`Bearer ${accessToken}`);
    fixture.clock.advance(3700 * 1000);
    expectRenewal(await refusal(`Bearer ${accessToken}`));
  });

  test("so is one whose identity was removed, and one that another installation signed", async () => {
    const { store, identity } = fixture;
    const { accessToken } = await issueFor(`${clusterId}2`);
    await identity.authenticate(`Bearer ${accessToken}`);
    await store.write((tx) => identity.applications.removeIdentity(tx, `${clusterId}2`));
    expectRenewal(await refusal(`Bearer ${accessToken}`));

    const other = await identityFixture();
    try {
      const token = await other.identity.requestToken(
        {
          grant_type: "client_credentials",
          client_id: other.installation.ownerClientId,
          client_secret: other.installation.ownerClientSecret,
          scope: `${publicUrl}/.default`,
        },
        "test",
      );
      expectRenewal(await refusal(`Bearer ${token.accessToken}`));
    } finally {
      await other.close();
    }
  });

  test("a changed token is refused for good", async () => {
    const { accessToken } = await issueFor(clusterId);
    const [header, payload = "", signature] = accessToken.split(".");
    const claims = { ...JSON.parse(Buffer.from(payload, "base64url").toString()), oid: "someone-else" };
    const forged = [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
    const error = await refusal(`Bearer ${forged}`);
    expect(error.headers["www-authenticate"]).toContain('error="invalid_token"');
    expect(JSON.stringify(error)).not.toContain(forged);
  });

  test("deny by default; what is granted reaches down, and no further", async () => {
    const { store, clock, installation } = fixture;
    const authorizer = createAuthorizer(createGrants(store, clock), createRoles(store, clock));
    const application = await store.write(async (tx) => {
      const added = await addApplication(tx, { kind: "Application", name: "onboarder" }, clock);
      await addAssignment(
        tx,
        {
          scope: "/subscriptions/S/resourceGroups/Edge",
          role: builtInRoles.onboarding.id,
          principalId: added.principalId,
          principalType: "ServicePrincipal",
          createdBy: "test",
        },
        clock,
      );
      return added;
    });
    const caller = { ...application, tenantId: installation.tenantId };
    const action = "Microsoft.Kubernetes/connectedClusters/write";
    const inEdge = "/subscriptions/s/resourcegroups/edge/providers/Microsoft.Kubernetes/connectedClusters/c";
    await expect(authorizer.authorize(caller, action, inEdge)).resolves.toBeUndefined();
    await expect(authorizer.authorize(caller, action, inEdge.replace("edge", "other"))).rejects.toMatchObject({
      code: "AuthorizationFailed",
      message: expect.stringContaining(`object id '${application.principalId}'`),
    });
    await expect(authorizer.isAllowed(caller, action.replace("write", "delete"), inEdge)).resolves.toBe(false);
  });

  test("the first owner may do everything in the subscription, and nothing outside", async () => {
    const { store, clock, installation, identity } = fixture;
    const authorizer = createAuthorizer(createGrants(store, clock), createRoles(store, clock));
    const owner = await identity.applications.findByAppId(installation.ownerClientId);
    if (owner === undefined) throw new Error("there is no owner");
    const caller = { ...owner, tenantId: installation.tenantId };
    const subscription = `/subscriptions/${installation.subscriptionId}`;
    await expect(
      authorizer.isAllowed(caller, "Microsoft.Kubernetes/connectedClusters/delete", subscription),
    ).resolves.toBe(true);
    await expect(authorizer.isAllowed(caller, "*/read", "/subscriptions/other")).resolves.toBe(false);
  });

  test("revoking ends the certificates of a resource's identity only", async () => {
    const { store } = fixture;
    await store.write((tx) => revokeCredentials(tx, clusterId));
    const rest = await store.read.selectFrom("application_credentials").select("kind").execute();
    expect(rest).toEqual([{ kind: "secret" }]);
  });
});
