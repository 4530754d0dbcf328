import { describe, expect, test } from "@jest/globals";
import { httpCall } from "../support/http-call.ts";
import { onboardingKey } from "../support/onboarding-key.ts";
import { errorOf, type StartControlPlane, useWorld } from "./world.ts";

const version = "api-version=2024-01-01";
const zeroGuid = "00000000-0000-0000-0000-000000000000";

/** What the service says to requests that nobody should send. */
export function describeRequests(start: StartControlPlane): void {
  const world = useWorld(start);
  const cluster = (): string => `${world.group}/providers/Microsoft.Kubernetes/connectedClusters/nobody`;

  const put = (body: unknown, headers: Record<string, string> = {}) =>
    world.arm.call(`${cluster()}?${version}`, { method: "PUT", body, headers });

  describe("a caller", () => {
    const withToken = (authorization: string | undefined) =>
      httpCall(`${world.arm.connection.endpoint}${cluster()}?${version}`, world.arm.connection.caFile, {
        headers: authorization === undefined ? {} : { authorization },
      });

    test("without a token is asked for one", async () => {
      const answer = await withToken(undefined);
      expect(errorOf(answer)).toBe("401 AuthenticationFailed");
      expect(answer.headers["www-authenticate"]).toMatch(/^Bearer /);
    });

    test.each([
      ["garbage", "Bearer garbage"],
      ["another scheme", "Basic dXNlcjpwYXNz"],
      ["no token after the scheme", "Bearer "],
    ])("with %s is refused", async (_what, authorization) => {
      expect(errorOf(await withToken(authorization))).toBe("401 AuthenticationFailed");
    });

    test("with a forged token is refused", async () => {
      const [header, payload] = world.arm.token.split(".");
      const answer = await withToken(`Bearer ${header}.${payload}.${Buffer.alloc(256).toString("base64url")}`);
      expect(errorOf(answer)).toBe("401 AuthenticationFailed");
    });

    test("with a token of a key that is no longer there gets the challenge that makes clients fetch a new one", async () => {
      const [header = "", ...rest] = world.arm.token.split(".");
      const text = Buffer.from(header, "base64url").toString("utf8");
      const renamed = Buffer.from(text.replace(/"kid":"[^"]+"/, '"kid":"gone"')).toString("base64url");
      const answer = await withToken(`Bearer ${[renamed, ...rest].join(".")}`);
      expect(errorOf(answer)).toBe("401 AuthenticationFailed");
      expect(answer.headers["www-authenticate"]).toMatch(/error="insufficient_claims", claims="/);
    });

    test("with a cluster's token may not use the management API", async () => {
      const agent = await world.newCluster();
      const answer = await httpCall(
        `${world.arm.connection.endpoint}${world.group}/providers/Microsoft.Kubernetes/connectedClusters?${version}`,
        world.arm.connection.caFile,
        { headers: { authorization: `Bearer ${agent.token}` } },
      );
      expect(errorOf(answer)).toBe("403 AuthorizationFailed");
    });

    test("with a wrong secret gets an error that names the cause", async () => {
      const { connection } = world.arm;
      const answer = await httpCall(
        `${connection.authority}/${connection.tenantId}/oauth2/v2.0/token`,
        connection.caFile,
        {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: `grant_type=client_credentials&client_id=${connection.clientId}&client_secret=wrong&scope=${connection.endpoint}/.default`,
        },
      );
      expect([400, 401]).toContain(answer.status);
      expect(answer.json).toMatchObject({
        error: "invalid_client",
        error_description: expect.stringMatching(/^AADSTS7000215/),
      });
    });
  });

  describe("a body", () => {
    test.each([
      ["malformed", '{"location": "westeurope", '],
      ["a list", "[]"],
      ["a word", '"cluster"'],
      ["empty", ""],
      ["without properties", '{"location":"westeurope"}'],
      ["with a number where text belongs", '{"location":"westeurope","properties":{"agentPublicKeyCertificate":5}}'],
    ])("that is %s is refused", async (_what, body) => {
      expect(errorOf(await put(body))).toBe("400 InvalidRequestContent");
    });

    test("without a location is refused for what needs one", async () => {
      expect(errorOf(await put({ properties: { agentPublicKeyCertificate: "" } }))).toBe("400 LocationRequired");
    });

    test("with a location that does not exist here is refused", async () => {
      const body = { location: "atlantis", properties: { agentPublicKeyCertificate: "" } };
      expect(errorOf(await put(body))).toBe("400 LocationNotAvailableForResourceType");
    });

    test("that is no JSON is refused", async () => {
      expect(errorOf(await put("<cluster/>", { "content-type": "application/xml" }))).toBe("415 UnsupportedMediaType");
    });

    test("that is too large is refused without reading all of it", async () => {
      // Announced, not sent: the answer must not wait for the rest.
      const answer = await put("{}", { "content-length": String(8 * 1024 * 1024) });
      expect(errorOf(answer)).toBe("413 RequestContentTooLarge");
    });

    test("that is nested without end is refused", async () => {
      const depth = 100_000;
      expect(errorOf(await put(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`))).toMatch(/^4\d\d /);
    });

    test("with prototype tricks changes nothing but itself", async () => {
      const body =
        '{"location":"westeurope","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"properties":{"agentPublicKeyCertificate":""}}';
      expect((await put(body)).status).toBeLessThan(500);
      expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    });
  });

  describe("a path", () => {
    const ask = async (path: string, method = "GET"): Promise<string> =>
      errorOf(await world.arm.call(path, method === "GET" ? {} : { method }));
    const subscription = (): string => `/subscriptions/${world.arm.connection.subscriptionId}`;

    test("that nothing answers under is not found", async () => {
      expect(await ask("/nothing/here")).toBe("404 NotFound");
    });

    test("with a subscription that is no GUID is refused", async () => {
      expect(await ask(`/subscriptions/mine/resourceGroups?${version}`)).toBe("400 InvalidSubscriptionId");
    });

    test("with another subscription is not found or forbidden, never answered", async () => {
      expect(await ask(`/subscriptions/${zeroGuid}/resourceGroups?${version}`)).toMatch(
        /^(404 SubscriptionNotFound|403 AuthorizationFailed)$/,
      );
    });

    test("with an unknown namespace or type names which", async () => {
      expect(await ask(`${world.group}/providers/Contoso.Nothing/things/a?${version}`)).toBe(
        "404 InvalidResourceNamespace",
      );
      expect(await ask(`${world.group}/providers/Microsoft.Kubernetes/things/a?${version}`)).toBe(
        "404 InvalidResourceType",
      );
    });

    test("below a group that does not exist says so on a write", async () => {
      const path = `${subscription()}/resourceGroups/nowhere/providers/Microsoft.Kubernetes/connectedClusters/a?${version}`;
      const answer = await world.arm.call(path, {
        method: "PUT",
        body: { location: "westeurope", properties: { agentPublicKeyCertificate: "" } },
      });
      expect(errorOf(answer)).toBe("404 ResourceGroupNotFound");
    });

    test("below a cluster that does not exist says so on a write", async () => {
      const path = `${cluster()}/providers/Microsoft.KubernetesConfiguration/extensions/flux?api-version=2023-05-01`;
      const answer = await world.arm.call(path, {
        method: "PUT",
        body: { properties: { extensionType: "microsoft.flux" } },
      });
      expect(errorOf(answer)).toBe("404 ParentResourceNotFound");
    });

    test("with a method that it does not have is refused", async () => {
      expect(await ask(`${cluster()}?${version}`, "POST")).toMatch(/^(405 MethodNotAllowed|404 NotFound)$/);
    });

    test("of an operation that never was is not found", async () => {
      expect(
        await ask(`/providers/Microsoft.Kubernetes/locations/westeurope/operationStatuses/${zeroGuid}?${version}`),
      ).toBe("404 OperationNotFound");
    });
  });

  test("every answer carries ids by which it is found in the log, and the caller's own is echoed", async () => {
    const correlationId = "11111111-2222-3333-4444-555555555555";
    const answer = await world.arm.call(`${cluster()}?${version}`, {
      headers: { "x-ms-correlation-request-id": correlationId },
    });
    expect(answer.headers["x-ms-correlation-request-id"]).toBe(correlationId);
    expect(answer.headers["x-ms-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers["content-type"]).toMatch(/^application\/json; charset=utf-8$/);
  });

  test("the same key cannot attach a second cluster", async () => {
    const key = onboardingKey();
    const body = { location: "westeurope", properties: { agentPublicKeyCertificate: key.publicKeyBase64 } };
    const at = (name: string) =>
      world.arm.call(`${world.group}/providers/Microsoft.Kubernetes/connectedClusters/${name}?${version}`, {
        method: "PUT",
        body,
      });
    expect((await at("first")).status).toBe(201);
    expect(errorOf(await at("second"))).toBe("409 ClusterAlreadyAttached");
  });

  test("an unknown extension type or version is refused with a list of what exists", async () => {
    const agent = await world.newCluster();
    const at = (properties: object) =>
      world.arm.call(
        `${agent.clusterId}/providers/Microsoft.KubernetesConfiguration/extensions/e?api-version=2023-05-01`,
        { method: "PUT", body: { properties } },
      );
    const type = await at({ extensionType: "contoso.nothing" });
    expect(errorOf(type)).toBe("400 ExtensionTypeNotFound");
    expect(type.text).toContain("microsoft.flux");
    const pinned = await at({ extensionType: "microsoft.flux", version: "0.0.1", autoUpgradeMinorVersion: false });
    expect(errorOf(pinned)).toBe("400 ExtensionVersionNotFound");
  });
}
