import { describe, expect, test } from "@jest/globals";
import { joinSecrets, splitSecrets } from "../../src/operations/secret-values.ts";

const path = ["features.*.protectedSettings"];
const features = (...list: object[]) => ({ features: list });

describe("secret values inside lists", () => {
  test("are taken out under the name of their element and put back there", () => {
    const input = features({ feature: "proxy", protectedSettings: { password: "p" } }, { feature: "other" });
    const { properties, secrets } = splitSecrets({ paths: path, properties: input, raw: input, stored: {} });
    expect(properties).toEqual(
      features({ feature: "proxy", protectedSettings: { password: "" } }, { feature: "other" }),
    );
    expect(secrets).toEqual({ "features.proxy.protectedSettings": { password: "p" } });
    expect(joinSecrets(path, properties, secrets)).toEqual(input);
  });

  test("follow their element when the order changes", () => {
    const stored = { "features.proxy.protectedSettings": { password: "p" } };
    const input = features({ feature: "other" }, { feature: "proxy", protectedSettings: { password: "" } });
    expect(splitSecrets({ paths: path, properties: input, raw: input, stored }).secrets).toEqual(stored);
  });

  test("go with their element", () => {
    const stored = { "features.proxy.protectedSettings": { password: "p" } };
    const input = features({ feature: "other" });
    expect(splitSecrets({ paths: path, properties: input, raw: input, stored }).secrets).toEqual({});
  });

  test("the input is left as it was", () => {
    const input = features({ feature: "proxy", protectedSettings: { password: "p" } });
    splitSecrets({ paths: path, properties: input, raw: input, stored: {} });
    expect(input).toEqual(features({ feature: "proxy", protectedSettings: { password: "p" } }));
  });
});
