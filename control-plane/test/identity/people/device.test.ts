import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { addApplication } from "../../../src/identity/applications.ts";
import { forgetSignIns } from "../../../src/identity/people/forget-sign-ins.ts";
import type { User } from "../../../src/identity/people/users.ts";
import { type Api, startApi } from "../../support/api.ts";
import { commandLine, makePerson, TestBrowser } from "../../support/person.ts";

const password = "correct horse battery";
let api: Api;
let person: User;
let browser: TestBrowser;
beforeAll(async () => {
  api = await startApi();
  person = await makePerson(api.controlPlane, "alice", password);
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});
beforeEach(() => {
  browser = new TestBrowser(api.controlPlane);
});

async function post(path: string, fields: Record<string, string>) {
  const answer = await api.controlPlane.app.inject({
    method: "POST",
    url: `/organizations/oauth2/v2.0/${path}`,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    payload: new URLSearchParams({ client_id: commandLine, ...fields }).toString(),
  });
  return { status: answer.statusCode, body: answer.json() };
}
const begin = () => post("devicecode", { scope: `${api.controlPlane.endpoint}/.default openid offline_access` });
const poll = (device_code: string, grant_type = "device_code", more = {}) =>
  post("token", { grant_type, device_code, ...more });
const wait = () => api.clock.advance(5000);

describe("a device", () => {
  test("is let in by a person who types its code and their password", async () => {
    const { body: device } = await begin();
    expect(device).toMatchObject({
      user_code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
      verification_uri: `${api.controlPlane.endpoint}/device`,
      interval: 5,
      expires_in: 900,
      message: expect.stringContaining(device.user_code),
    });
    expect((await poll(device.device_code)).body).toMatchObject({ error: "authorization_pending" });
    const page = await browser.open(`/device?user_code=${device.user_code}`);
    expect(page.text).toContain(`value="${device.user_code}"`);
    const typed = await browser.submit({ user_code: device.user_code.toLowerCase().replace("-", " "), action: "find" });
    expect(typed.text).toContain("Password");
    const approve = await browser.submit({ username: "alice", password, action: "sign-in" });
    expect(approve.text).toContain(device.user_code);
    expect(approve.text).toContain("Azure command line");
    expect((await browser.submit({ action: "approve" })).text).toContain("Done");
    wait();
    const { body } = await poll(device.device_code, "urn:ietf:params:oauth:grant-type:device_code");
    expect(body).toMatchObject({ access_token: expect.any(String), refresh_token: expect.any(String) });
    const caller = await api.controlPlane.services.authenticate(`Bearer ${body.access_token}`);
    expect(caller).toMatchObject({ kind: "User", principalId: person.userId, appId: commandLine });
    expect((await poll(device.device_code)).body.error).toBe("invalid_grant");
  });

  test("is turned away", async () => {
    const { body: device } = await begin();
    await browser.open("/device");
    await browser.submit({ user_code: device.user_code, action: "find" });
    await browser.submit({ username: "alice", password, action: "sign-in" });
    expect((await browser.submit({ action: "decline" })).text).toContain("not let in");
    expect((await poll(device.device_code)).body.error).toBe("access_denied");
    await browser.open("/device");
    expect((await browser.submit({ user_code: device.user_code, action: "approve" })).problem).toMatch(/not right/);
  });

  test("that asks too fast is told to slow down, and later asks are waited for longer", async () => {
    const { body: device } = await begin();
    expect((await poll(device.device_code)).body.error).toBe("authorization_pending");
    expect((await poll(device.device_code)).body.error).toBe("slow_down");
    wait();
    expect((await poll(device.device_code)).body.error).toBe("slow_down");
    api.clock.advance(15_000);
    expect((await poll(device.device_code)).body.error).toBe("authorization_pending");
  });

  test("has a quarter of an hour, and then learns that it came too late", async () => {
    const { body: device } = await begin();
    api.clock.advance(16 * 60 * 1000);
    await browser.open("/device");
    expect((await browser.submit({ user_code: device.user_code, action: "find" })).problem).toMatch(/expired/);
    expect((await poll(device.device_code)).body.error).toBe("expired_token");
    await forgetSignIns(api.controlPlane.services);
    expect((await poll(device.device_code)).body.error).toBe("invalid_grant");
  });

  test("cannot be polled by another program, nor let in by who is not signed in", async () => {
    const { body: device } = await begin();
    const other = { client_id: "1950a258-227b-4e31-a9cf-717495945fc2" };
    expect((await poll(device.device_code, "device_code", other)).body.error).toBe("invalid_grant");
    await browser.open("/device");
    const answer = await browser.submit({ user_code: device.user_code, action: "approve" });
    expect(answer.text).toContain("Password");
    expect((await poll(device.device_code)).body.error).toBe("authorization_pending");
  });

  test("cannot be let in by a form of another site", async () => {
    const { body: device } = await begin();
    await browser.open("/device");
    await browser.submit({ user_code: device.user_code, action: "find" });
    await browser.submit({ username: "alice", password, action: "sign-in" });
    const forged = await browser.submit({ action: "approve" }, { origin: "https://evil.example" });
    expect(forged.status).toBe(400);
    expect((await poll(device.device_code)).body.error).toBe("authorization_pending");
  });
});

test("codes of devices cannot be guessed one after the other", async () => {
  await browser.open("/device");
  for (let count = 0; count < 10; count++) await browser.submit({ user_code: "BBBB-BBBB", action: "find" });
  const { body: device } = await begin();
  const answer = await browser.submit({ user_code: device.user_code, action: "find" });
  expect(answer).toMatchObject({ status: 429, problem: expect.stringMatching(/Too many wrong codes/) });
  api.clock.advance(6 * 60 * 1000);
  expect((await browser.submit({ user_code: device.user_code, action: "find" })).text).toContain("Password");
});

test("only programs for people may begin", async () => {
  const { store, clock } = api.controlPlane.services;
  const made = await store.write((tx) => addApplication(tx, { kind: "Application", name: "pipeline" }, clock));
  expect((await post("devicecode", { client_id: made.appId, scope: "openid" })).body.error).toBe("unauthorized_client");
  expect((await post("devicecode", { client_id: "nobody", scope: "openid" })).body.error).toBe("unauthorized_client");
  expect((await post("devicecode", {})).body.error).toBe("invalid_request");
});
