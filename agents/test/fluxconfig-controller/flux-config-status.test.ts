import { describe, expect, test } from "@jest/globals";
import type { FluxConfigStatus } from "../../src/custom-resources/flux-config.ts";
import {
  commitOf,
  fluxConfigStatus,
  reconciliationWaitMs,
} from "../../src/fluxconfig-controller/flux-config-status.ts";
import type { Seen } from "../../src/fluxconfig-controller/managed-statuses.ts";
import { fluxConfig, fluxObject } from "./sample.ts";

const revision = "main@sha1:abc123";
const source = (object = fluxObject({ ready: "True", artifact: revision })): Seen => ({
  kind: "GitRepository",
  name: "fleet",
  namespace: "team",
  object,
});
const kustomization = (object = fluxObject({ ready: "True", applied: revision })): Seen => ({
  kind: "Kustomization",
  name: "fleet-apps",
  namespace: "team",
  object,
});
const now = new Date("2026-01-01T00:10:00Z");
const statusOf = (seen: Partial<{ source: Seen; kustomizations: Seen[]; children: Seen[] }>, config = fluxConfig()) =>
  fluxConfigStatus(
    config,
    { source: source(), kustomizations: [kustomization()], children: [], ...seen },
    { now, repositoryPublicKey: undefined },
  );

describe("the status of a configuration", () => {
  test("whose objects are all ready", () => {
    expect(statusOf({})).toMatchObject({
      observedGeneration: 3,
      desiredGeneration: 7,
      provisioningState: "Succeeded",
      complianceState: "Compliant",
      lastSyncedCommit: "main/abc123",
    });
  });

  test("names the object that fails, and what Flux says of it", () => {
    const failing = source(fluxObject({ ready: "False", message: "repository not found" }));
    const status = statusOf({ source: failing, kustomizations: [] });
    expect(status).toMatchObject({
      provisioningState: "Succeeded",
      complianceState: "Non-Compliant",
      message: "GitRepository team/fleet: repository not found",
    });
  });

  test("counts what the kustomizations brought along", () => {
    const release: Seen = {
      kind: "HelmRelease",
      name: "podinfo",
      namespace: "team",
      object: fluxObject({ ready: "False", message: "install retries exhausted" }),
      appliedBy: { name: "fleet-apps", namespace: "team" },
    };
    const { complianceState, managedStatuses } = statusOf({ children: [release] });
    expect(complianceState).toBe("Non-Compliant");
    expect(managedStatuses.at(-1)).toMatchObject({
      appliedBy: { name: "fleet-apps" },
      helmReleaseProperties: { failureCount: 0 },
    });
  });

  test("stays the same when Flux looked again and found the same", () => {
    const healthy = (message: string, time: string) => {
      const object = fluxObject({ ready: "True", applied: revision });
      object.status?.conditions?.push({ type: "Healthy", status: "True", message, lastTransitionTime: time });
      return kustomization(object);
    };
    const first = statusOf({ kustomizations: [healthy("Health check passed in 12.5ms", "2026-01-01T00:00:00Z")] });
    const config = fluxConfig({}, first);
    const second = statusOf(
      { kustomizations: [healthy("Health check passed in 1m3.2s", "2026-01-01T00:05:00Z")] },
      config,
    );
    expect(second).toEqual(first);
  });
});

describe("provisioning that waits for the reconciliation", () => {
  const waiting = { waitForReconciliation: true, reconciliationWaitDuration: "PT5M" };
  const pending = { kustomizations: [kustomization(fluxObject({ ready: "Unknown" }))] };
  const last = (more: Partial<FluxConfigStatus>): FluxConfigStatus => ({
    observedGeneration: 3,
    desiredGeneration: 7,
    provisioningState: "Creating",
    complianceState: "Pending",
    lastConfigUpdateTime: "2026-01-01T00:09:00Z",
    managedStatuses: [],
    ...more,
  });

  test("goes on while there is time", () => {
    expect(statusOf(pending, fluxConfig(waiting, last({}))).provisioningState).toBe("Creating");
  });

  test("fails when the time is over", () => {
    const status = last({ lastConfigUpdateTime: "2026-01-01T00:04:00Z" });
    expect(statusOf(pending, fluxConfig(waiting, status)).provisioningState).toBe("Failed");
  });

  test("ends once: what comes later is a matter of compliance", () => {
    expect(statusOf(pending, fluxConfig(waiting, last({ provisioningState: "Succeeded" }))).provisioningState).toBe(
      "Succeeded",
    );
  });

  test("begins anew with a new generation", () => {
    const status = last({
      provisioningState: "Succeeded",
      observedGeneration: 2,
      lastConfigUpdateTime: "2025-01-01T00:00:00Z",
    });
    expect(statusOf(pending, fluxConfig(waiting, status)).provisioningState).toBe("Updating");
  });

  test.each([
    ["PT30M", 1_800_000],
    ["PT1H30M", 5_400_000],
    ["P1DT1S", 86_401_000],
    [undefined, 1_800_000],
    ["nonsense", 1_800_000],
  ])("%s is %d ms", (text, ms) => expect(reconciliationWaitMs(text)).toBe(ms));
});

describe("a revision", () => {
  test.each([
    ["main@sha1:abc", "main/abc"],
    ["refs/heads/main@sha1:abc", "main/abc"],
    ["v1.0.0@sha1:abc", "v1.0.0/abc"],
    ["sha1:abc", "abc"],
    ["sha256:00ff", "00ff"],
    ["latest@sha256:00ff", "latest/00ff"],
    ["odd", "odd"],
  ])("%s is %s in ARM", (flux, arm) => expect(commitOf(flux)).toBe(arm));
});
