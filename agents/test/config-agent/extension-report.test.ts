import { ExtensionReport } from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";
import { extensionConfigSpec, protectedSettingsData } from "../../src/config-agent/extension-config-spec.ts";
import { extensionReport } from "../../src/config-agent/extension-report.ts";
import type { ExtensionConfig, ExtensionConfigStatus } from "../../src/custom-resources/extension-config.ts";
import { desiredExtension } from "./sample.ts";

const item = desiredExtension();
const object = (status?: Partial<ExtensionConfigStatus>): ExtensionConfig => ({
  metadata: { name: "flux", namespace: "flux-system", generation: 2 },
  spec: extensionConfigSpec(item),
  ...(status === undefined
    ? {}
    : {
        status: {
          status: "Installed",
          message: "",
          observedGeneration: 2,
          desiredGeneration: 7,
          lastTransitionTime: "2026-01-01T00:00:00Z",
          ...status,
        },
      }),
});

describe("the report of an extension", () => {
  test.each<[string, ExtensionConfig, string]>([
    ["without a status", object(), "InProgress"],
    ["that is installed", object({}), "Succeeded"],
    ["that is being installed", object({ status: "Pending" }), "InProgress"],
    ["that failed", object({ status: "Failed", message: "boom" }), "Failed"],
    ["whose status is of an earlier spec", object({ observedGeneration: 1 }), "InProgress"],
    ["whose status is of an earlier desired state", object({ desiredGeneration: 6 }), "InProgress"],
  ])("%s", (_, config, state) => expect(extensionReport(item, config).state).toBe(state));

  test("of a failure carries the cause in the shape that clients know", () => {
    const report = extensionReport(item, object({ status: "Failed", message: "helm upgrade: boom" }));
    expect(ExtensionReport.parse(report).error).toMatchObject({
      code: "ResourceOperationFailure",
      message: expect.stringContaining("helm upgrade: boom"),
      details: [{ code: "ExtensionCreationFailed", message: "helm upgrade: boom" }],
    });
    expect(report.statuses).toMatchObject([{ level: "Error", message: "helm upgrade: boom" }]);
  });
});

describe("the ExtensionConfig", () => {
  test("refers to a Secret only when there is something to protect", () => {
    expect(extensionConfigSpec(item)).not.toHaveProperty("protectedParametersSecretRef");
    const secret = desiredExtension({}, { configurationProtectedSettings: { "db.password": "hunter2" } });
    const spec = extensionConfigSpec(secret);
    expect(spec.protectedParametersSecretRef).toEqual({ name: "flux-protected-settings" });
    expect(JSON.stringify(spec)).not.toContain("hunter2");
    expect(protectedSettingsData(secret)).toEqual({ "settings.json": '{"db.password":"hunter2"}' });
  });
});
