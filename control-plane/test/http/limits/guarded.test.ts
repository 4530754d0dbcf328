import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { SettingsInput } from "../../../src/settings.ts";
import { type Api, startApi } from "../../support/api.ts";

let api: Api | undefined;
afterEach(async () => {
  await api?.[Symbol.asyncDispose]();
  api = undefined;
});
const start = async (settings: Partial<SettingsInput>): Promise<Api> => {
  api = await startApi(settings);
  return api;
};
const one = { burst: 1, perSecond: 0.1 };
const group = ({ subscription }: Api) => `${subscription}/resourceGroups/g`;
const refusals = async (of: Api): Promise<string> => {
  const { registry } = of.controlPlane.services.metrics;
  return registry.getSingleMetricAsString("arcfleet_http_refusals_total");
};

describe("throttling", () => {
  test("answers 429 with whole seconds to wait, says what is left, and lets go on after that time", async () => {
    const arm = await start({ throttling: { writes: { burst: 2, perSecond: 0.1 } } });
    const put = () => arm.call("PUT", group(arm), { location: "westeurope" });
    const first = await put();
    expect(first.headers).toMatchObject({
      "x-ms-ratelimit-remaining-subscription-writes": "1",
      "x-ms-ratelimit-remaining-subscription-global-writes": "29",
    });
    expect((await put()).headers["x-ms-ratelimit-remaining-subscription-writes"]).toBe("0");
    const refused = await put();
    expect([refused.status, refused.errorCode]).toEqual([429, "SubscriptionRequestsThrottled"]);
    const wait = String(refused.headers["retry-after"]);
    expect(wait).toMatch(/^([1-9]|10)$/);
    expect(refused.headers["x-ms-ratelimit-remaining-subscription-writes"]).toBe("0");
    expect(
      Number((await arm.call("GET", group(arm))).headers["x-ms-ratelimit-remaining-subscription-reads"]),
    ).toBeGreaterThan(9000);
    arm.clock.advance(Number(wait) * 1000);
    expect((await put()).status).toBe(200);
    expect(await refusals(arm)).toContain('reason="principal-writes"} 1');
  });

  test("the numbers are on refusals, too", async () => {
    const arm = await start({});
    const answer = await arm.call("GET", `${group(arm)}/providers/Microsoft.Kubernetes/connectedClusters/none`);
    expect(answer.status).toBe(404);
    expect(answer.headers["x-ms-ratelimit-remaining-subscription-reads"]).toMatch(/^\d+$/);
  });

  test("a flood of wrong tokens is turned away, and good ones from the same address are not", async () => {
    const arm = await start({ throttling: { badTokens: { burst: 3, perSecond: 0.1 } } });
    const wrong = () => arm.call("GET", group(arm), undefined, { authorization: "Bearer a.b.c" });
    const statuses = [];
    for (let count = 0; count < 5; count++) statuses.push((await wrong()).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect((await wrong()).headers["retry-after"]).toMatch(/^\d+$/);
    expect((await arm.call("GET", group(arm))).status).toBe(404);
  });

  test("requests without a token are counted by address, except of who watches over the process", async () => {
    const arm = await start({ throttling: { anonymous: { burst: 3, perSecond: 0.1 } } });
    const ask = async (url: string) => (await arm.controlPlane.app.inject({ method: "GET", url })).statusCode;
    // Getting the Owner's token was the first.
    expect([await ask("/metadata/endpoints"), await ask("/v2/"), await ask("/v2/")]).toEqual([200, 200, 429]);
    expect([await ask("/healthz"), await ask("/readyz"), await ask("/metrics")]).toEqual([200, 200, 401]);
    expect((await arm.call("GET", group(arm))).status).toBe(404);
  });

  test("requests for tokens are counted by client, and refused in the form of the token endpoint", async () => {
    const arm = await start({ throttling: { tokens: one } });
    const { connection, app } = arm.controlPlane;
    const ask = (clientId: string) =>
      app.inject({
        method: "POST",
        url: `/${connection.tenantId}/oauth2/v2.0/token`,
        headers: { "content-type": "application/x-www-form-urlencoded" },
        payload: `grant_type=client_credentials&client_id=${clientId}&client_secret=x&scope=y`,
      });
    const refused = await ask(connection.clientId);
    expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([429, "10"]);
    expect(refused.json()).toMatchObject({
      error: "temporarily_unavailable",
      error_description: expect.stringMatching(/^AADSTS90055/),
    });
    expect((await ask("another")).statusCode).not.toBe(429);
  });

  test("a proxy in front is believed only when it is known", async () => {
    const settings = { throttling: { anonymous: { burst: 2, perSecond: 0.1 } } } as const;
    const ask = async (of: Api, address: string) =>
      (
        await of.controlPlane.app.inject({
          method: "GET",
          url: "/v2/",
          headers: { "x-forwarded-for": address },
        })
      ).statusCode;
    const open = await start(settings);
    expect([await ask(open, "10.0.0.1"), await ask(open, "10.0.0.2")]).toEqual([200, 429]);
    await open[Symbol.asyncDispose]();
    const behind = await start({ ...settings, trustedProxies: ["127.0.0.0/8"] });
    expect([await ask(behind, "10.0.0.1"), await ask(behind, "10.0.0.1"), await ask(behind, "10.0.0.1")]).toEqual([
      200, 200, 429,
    ]);
    expect(await ask(behind, "10.0.0.2")).toBe(200);
  });
});

describe("limits of a request", () => {
  const put = (of: Api, body: string) => of.call("PUT", group(of), body);
  let usual: Api;
  beforeAll(async () => {
    usual = await startApi();
  });
  afterAll(async () => {
    await usual?.[Symbol.asyncDispose]();
  });

  test("body: too many bytes, levels, values, or too long a text", async () => {
    const arm = await start({ maxBodyBytes: 400_000, limits: { maxJsonValues: 5000, maxJsonString: 100_000 } });
    const codes = async (body: string) => {
      const { status, errorCode } = await put(arm, body);
      return [status, errorCode];
    };
    expect(await codes(JSON.stringify({ x: "x".repeat(400_001) }))).toEqual([413, "RequestContentTooLarge"]);
    expect(await codes(`${"[".repeat(100_000)}${"]".repeat(100_000)}`)).toEqual([400, "InvalidRequestContent"]);
    expect(await codes(`[${"1,".repeat(6000)}1]`)).toEqual([400, "InvalidRequestContent"]);
    expect(await codes(JSON.stringify({ x: "x".repeat(100_001) }))).toEqual([400, "InvalidRequestContent"]);
    // What looks like structure inside of a text is text.
    const tags = { text: `${"[".repeat(100)}${",".repeat(100)}\\"` };
    expect((await put(arm, JSON.stringify({ location: "westeurope", tags }))).status).toBe(201);
    expect(await refusals(arm)).toContain('reason="body"} 1');
  });

  test("a body of 100,000 levels is refused", async () => {
    const body = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    expect((await put(usual, body)).status).toBe(400);
  });

  test("URL and headers", async () => {
    const long = await usual.call("GET", `${group(usual)}?x=${"y".repeat(9000)}`);
    expect([long.status, long.errorCode]).toEqual([414, "UriTooLong"]);
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`x-header-${index}`, "1"]));
    const crowded = await usual.call("GET", group(usual), undefined, many);
    expect([crowded.status, crowded.errorCode]).toEqual([431, "RequestHeaderFieldsTooLarge"]);
  });

  test("tags: 50, with names and values of their size", async () => {
    const tagged = (tags: Record<string, string>) => put(usual, JSON.stringify({ location: "westeurope", tags }));
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, "x"]));
    expect((await tagged(many(51))).status).toBe(400);
    expect((await tagged({ ["n".repeat(513)]: "x" })).status).toBe(400);
    expect((await tagged({ n: "x".repeat(257) })).status).toBe(400);
    expect((await tagged(many(50))).status).toBe(201);
  });
});

describe("more at once than can be done", () => {
  test("is told to come back, while who watches over the process gets an answer", async () => {
    const arm = await start({ limits: { maxConcurrentRequests: 4 } });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        arm.call("PUT", `${arm.subscription}/resourceGroups/g${index}`, { location: "westeurope" }),
      ),
    );
    const turnedAway = answers.filter(({ status }) => status === 503);
    expect(turnedAway.length).toBeGreaterThan(0);
    expect(turnedAway[0]).toMatchObject({ errorCode: "ServiceUnavailable", headers: { "retry-after": "1" } });
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(4);
    expect((await arm.call("GET", `${arm.subscription}/resourceGroups`)).status).toBe(200);
    expect(await refusals(arm)).toContain(`reason="overloaded"} ${turnedAway.length}`);
  });
});
