import { beforeAll, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { digest } from "../../src/rollout/digest.ts";

beforeAll(() => pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) }));

const resolved = (declared: unknown): Promise<string> =>
  new Promise((resolve) => void digest([declared]).apply(resolve));

describe("the digest of what is declared", () => {
  test("does not depend on the order of fields, or on fields that are absent", async () => {
    expect(await resolved({ a: 1, b: { c: 2, d: undefined } })).toBe(await resolved({ b: { c: 2 }, a: 1 }));
  });

  test("differs when a value deep inside does, also in an output", async () => {
    const of = (branch: string) => resolved({ source: pulumi.output({ branch }) });
    expect(await of("main")).not.toBe(await of("next"));
    expect(await of("main")).toBe(await resolved({ source: { branch: "main" } }));
  });

  test("depends on the order of a list", async () => {
    expect(await resolved(["a", "b"])).not.toBe(await resolved(["b", "a"]));
  });

  test("says nothing of a secret, and is none", async () => {
    const of = (password: string) => digest([{ password: pulumi.secret(password) }]);
    expect(await resolved({ password: pulumi.secret("one") })).toBe(await resolved({ password: pulumi.secret("two") }));
    expect(await pulumi.isSecret(of("one"))).toBe(false);
  });
});
