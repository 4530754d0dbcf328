import { expect, test } from "@jest/globals";
import { openSigningKeys } from "../../src/identity/signing-keys.ts";
import { startApi } from "../support/api.ts";

test("replicas that start together on an empty database make one signing key, so that each knows the other's tokens", async () => {
  await using api = await startApi();
  const { store } = api.controlPlane.services;
  await store.write((tx) => tx.deleteFrom("signing_keys").execute());
  const opened = await Promise.all(Array.from({ length: 4 }, () => openSigningKeys(api.controlPlane.services)));
  const kids = await Promise.all(opened.map(async (keys) => (await keys.current()).kid));
  expect(new Set(kids).size).toBe(1);
  expect(await store.read.selectFrom("signing_keys").select("kid").execute()).toHaveLength(1);
});
