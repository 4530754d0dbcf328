import { createPrivateKey, createPublicKey } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { makeOnboardingKey, readOnboardingKey } from "../../src/connected-cluster/onboarding-key.ts";

describe("the onboarding key", () => {
  test("is RSA of 4096 bits, with both halves in the forms that other tools expect", async () => {
    const { privateKey, publicKey } = await makeOnboardingKey();
    expect(privateKey).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
    const parsed = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "pkcs1" });
    expect(parsed.asymmetricKeyDetails).toMatchObject({ modulusLength: 4096 });
    expect(createPublicKey(createPrivateKey(privateKey)).equals(parsed)).toBe(true);
    expect(readOnboardingKey(privateKey).publicKey).toBe(publicKey);
  });

  test("a Secret without a key is an error that does not show what is in it", () => {
    expect(() => readOnboardingKey("something private")).toThrow(/azure-arc-connect-privatekey/);
    expect(() => readOnboardingKey("something private")).not.toThrow(/something private/);
  });
});
