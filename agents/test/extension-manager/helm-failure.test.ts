import { HelmError } from "@arcfleet/helm";
import { describe, expect, test } from "@jest/globals";
import { failureKind, failureReason } from "../../src/extension-manager/helm-failure.ts";
import { SettingError } from "../../src/extension-manager/helm-values.ts";

const helm = (message: string, isTimeout = false) => new HelmError(message, { stderr: "", isTimeout });

describe("a failed helm run", () => {
  test.each<[string, Error, string]>([
    ["settings that cannot be values", new SettingError("setting a: …"), "change"],
    [
      "values that the chart's schema refuses",
      helm("helm upgrade: values don't meet the specifications of the schema(s)"),
      "change",
    ],
    ["a template that does not render", helm("helm upgrade: template: x/templates/a.yaml:1:3: executing"), "change"],
    [
      "an API server that is away",
      helm("helm upgrade: Kubernetes cluster unreachable: Get … connection refused"),
      "wait",
    ],
    [
      "a control plane that is away",
      helm('helm pull: Get "https://h/v2/": dial tcp 10.0.0.1:8443: connect: connection refused'),
      "wait",
    ],
    ["a control plane that is starting", helm("helm pull: unexpected status 503 Service Unavailable"), "wait"],
    ["a pull that takes too long", helm("helm pull: no end after 120 s. i/o timeout", true), "wait"],
    ["a chart that is not there", helm("helm pull: oci://h/charts/x:1.0.0: not found"), "retry"],
    ["pods that do not get ready", helm("helm upgrade: context deadline exceeded", true), "retry"],
    [
      "pods that do not get ready and say EOF",
      helm("helm upgrade: timed out waiting: connection refused", true),
      "retry",
    ],
    ["anything else", new Error("?"), "retry"],
  ])("of %s asks for: %#", (_, error, kind) => expect(failureKind(error)).toBe(kind));

  test("says which step failed", () => {
    expect(failureReason(helm("helm pull: x"))).toBe("ChartPullFailed");
    expect(failureReason(new SettingError("x"))).toBe("InvalidExtensionSettings");
    expect(failureReason(helm("helm upgrade: x"))).toBe("ExtensionCreationFailed");
  });
});
