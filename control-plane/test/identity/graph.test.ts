import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Api, startApi } from "../support/api.ts";
import { makePerson } from "../support/person.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const ask = (path: string) => api.call("GET", `/v1.0/${path}`);
const filtered = (kind: string, filter: string) => ask(`${kind}?$filter=${encodeURIComponent(filter)}`);

test("names become object ids and back, as role assignments on the command line need it", async () => {
  const { userId } = await makePerson(api.controlPlane, "o'neil@example", "a long password");
  const { clientId } = api.controlPlane.connection;
  const person = { id: userId, userPrincipalName: "o'neil@example", "@odata.type": "#microsoft.graph.user" };
  expect((await filtered("users", "userPrincipalName eq 'o''neil@example'")).body.value).toMatchObject([person]);
  expect((await ask(`users/${userId}`)).body).toMatchObject(person);
  expect((await filtered("users", "userPrincipalName eq 'nobody'")).body.value).toEqual([]);
  const found = await filtered("servicePrincipals", `servicePrincipalNames/any(c:c eq '${clientId}')`);
  expect(found.body.value).toMatchObject([{ appId: clientId, displayName: "arcfleet owner" }]);
  const [{ id = "" } = {}] = found.body.value as { id: string }[];
  expect((await filtered("servicePrincipals", `appId eq '${clientId}'`)).body).toEqual(found.body);
  expect((await ask(`servicePrincipals/${id}`)).body).toMatchObject({ appId: clientId });
  expect((await ask(`servicePrincipals/${userId}`)).status).toBe(404);
  const known = await api.call("POST", "/v1.0/directoryObjects/getByIds", { ids: [userId, id, "unknown"] });
  expect(known.body.value).toMatchObject([{ id: userId }, { id }]);
});

test("what is not understood is refused, and an application is nobody's me", async () => {
  expect((await filtered("users", "startswith(displayName,'a')")).errorCode).toBe("BadRequest");
  expect((await ask("users")).errorCode).toBe("BadRequest");
  expect((await ask("me")).status).toBe(404);
});
