import { DesiredFluxConfiguration, FluxConfigurationReport } from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";
import { FluxConfigSpec } from "../../src/custom-resources/flux-config.ts";
import { fluxConfigSpec } from "../../src/fluxconfig-agent/flux-config-spec.ts";
import { fluxConfigurationReport } from "../../src/fluxconfig-agent/flux-configuration-report.ts";
import { goDuration } from "../../src/fluxconfig-agent/go-duration.ts";
import { protectedParameters } from "../../src/fluxconfig-agent/protected-parameters.ts";

const desired = (spec: Record<string, unknown>) =>
  DesiredFluxConfiguration.parse({
    kind: "fluxConfiguration",
    name: "fleet",
    id: "/subscriptions/s/…/fluxConfigurations/fleet",
    generation: 7,
    deleting: false,
    spec: { sourceKind: "GitRepository", gitRepository: { url: "https://h/a.git" }, ...spec },
  });

describe("the FluxConfig of a configuration", () => {
  test("has ARM's defaults", () => {
    expect(fluxConfigSpec(desired({ kustomizations: { apps: {} } }))).toEqual({
      desiredGeneration: 7,
      scope: "cluster",
      sourceKind: "GitRepository",
      suspend: false,
      gitRepository: { url: "https://h/a.git", ref: { branch: "master" }, syncInterval: "10m0s", timeout: "10m0s" },
      kustomizations: [
        {
          name: "apps",
          path: "",
          dependsOn: [],
          syncInterval: "10m0s",
          timeout: "10m0s",
          prune: false,
          force: false,
          wait: true,
        },
      ],
      waitForReconciliation: false,
    });
  });

  test("survives the way through the API server unchanged, or it would be written for ever", () => {
    const spec = fluxConfigSpec(
      desired({
        gitRepository: { url: "ssh://git@h/a", repositoryRef: { tag: "v1" }, httpsUser: null, localAuthRef: "mine" },
        kustomizations: {
          b: { dependsOn: ["a"], retryIntervalInSeconds: 30 },
          a: { postBuild: { substitute: { x: "y" } } },
        },
        configurationProtectedSettings: { sshPrivateKey: "a2V5" },
        waitForReconciliation: true,
        reconciliationWaitDuration: "PT5M",
      }),
    );
    expect(FluxConfigSpec.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
    expect(spec.kustomizations.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(JSON.stringify(spec)).not.toContain("a2V5");
  });

  test("keeps secrets inside of sources out of the object", () => {
    const item = desired({
      sourceKind: "AzureBlob",
      gitRepository: null,
      azureBlob: {
        url: "https://x",
        containerName: "c",
        servicePrincipal: { clientId: "i", tenantId: "t", clientSecret: "hidden", clientCertificatePassword: "hidden" },
      },
    });
    const spec = fluxConfigSpec(item);
    expect(FluxConfigSpec.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
    expect(JSON.stringify(spec)).not.toContain("hidden");
    expect(spec).toMatchObject({
      azureBlob: { servicePrincipal: { clientId: "i", tenantId: "t" } },
      protectedParametersSecretRef: { name: "fleet-protected-parameters" },
    });
    expect(protectedParameters(item.spec)).toEqual({
      "azureBlob.servicePrincipal.clientSecret": Buffer.from("hidden").toString("base64"),
      "azureBlob.servicePrincipal.clientCertificatePassword": Buffer.from("hidden").toString("base64"),
    });
  });

  test("has everything of an OCI repository but its secrets", () => {
    const item = desired({
      sourceKind: "OCIRepository",
      gitRepository: null,
      ociRepository: {
        url: "oci://r.example.com/a",
        layerSelector: { mediaType: "m" },
        verify: { provider: "notation", verificationConfig: { "ca.crt": "Y2E=" } },
        useWorkloadIdentity: true,
        tlsConfig: { privateKey: "a2V5", clientCertificate: "Y2VydA==" },
      },
    });
    const spec = fluxConfigSpec(item);
    expect(FluxConfigSpec.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
    expect(spec.ociRepository).toMatchObject({
      layerSelector: { mediaType: "m" },
      verify: { provider: "notation", verificationConfig: { "ca.crt": "Y2E=" } },
      useWorkloadIdentity: true,
    });
    expect(JSON.stringify(spec)).not.toContain("a2V5");
    expect(protectedParameters(item.spec)).toEqual({
      "ociRepository.tlsConfig.privateKey": "a2V5",
      "ociRepository.tlsConfig.clientCertificate": "Y2VydA==",
    });
  });

  test.each([
    ["Bucket", { bucket: { url: "https://h", bucketName: "b" } }, { bucket: { name: "b", insecure: true } }],
    ["AzureBlob", { azureBlob: { url: "https://h", containerName: "c" } }, { azureBlob: { containerName: "c" } }],
    ["OCIRepository", { ociRepository: { url: "oci://h/a" } }, { ociRepository: { insecure: false, ref: {} } }],
  ])("of a %s", (sourceKind, block, expected) => {
    expect(fluxConfigSpec(desired({ sourceKind, gitRepository: null, ...block }))).toMatchObject(expected);
  });

  test.each([
    [1, "1s"],
    [60, "1m0s"],
    [600, "10m0s"],
    [3661, "1h1m1s"],
    [86_400, "24h0m0s"],
  ])("%d seconds are %s", (seconds, text) => expect(goDuration(seconds)).toBe(text));
});

describe("the report of a configuration", () => {
  const item = desired({});
  const config = (status?: object) => ({
    metadata: { name: "fleet", namespace: "team", generation: 2 },
    spec: fluxConfigSpec(item),
    ...(status === undefined
      ? {}
      : {
          status: {
            observedGeneration: 2,
            desiredGeneration: 7,
            provisioningState: "Succeeded" as const,
            complianceState: "Compliant" as const,
            managedStatuses: [],
            ...status,
          },
        }),
  });

  test("is pending until the controller has seen this very state", () => {
    for (const seen of [config(), config({ observedGeneration: 1 }), config({ desiredGeneration: 6 })]) {
      expect(fluxConfigurationReport(item, seen)).toMatchObject({ state: "InProgress", complianceState: "Pending" });
    }
  });

  test("flattens the objects and says why one is not compliant", () => {
    const report = fluxConfigurationReport(
      item,
      config({
        complianceState: "Non-Compliant",
        message: "GitRepository team/fleet: repository not found",
        lastSyncedCommit: "main/abc",
        managedStatuses: [
          {
            kind: "GitRepository",
            name: "fleet",
            namespace: "team",
            complianceState: "Non-Compliant",
            conditions: [{ type: "Ready", status: "False", observedGeneration: 2, message: "repository not found" }],
          },
        ],
      }),
    );
    expect(FluxConfigurationReport.parse(report)).toMatchObject({
      state: "Succeeded",
      complianceState: "Non-Compliant",
      errorMessage: "GitRepository team/fleet: repository not found",
      sourceSyncedCommitId: "main/abc",
      statuses: [{ kind: "GitRepository", statusConditions: [{ type: "Ready", message: "repository not found" }] }],
    });
  });

  test("of a failure carries the cause", () => {
    const report = fluxConfigurationReport(item, config({ provisioningState: "Failed", message: "boom" }));
    expect(report).toMatchObject({
      state: "Failed",
      error: { details: [{ code: "FluxConfigurationFailed", message: "boom" }] },
    });
  });
});
