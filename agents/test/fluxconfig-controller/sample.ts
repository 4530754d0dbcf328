import type { FluxConfig, FluxConfigSpec } from "../../src/custom-resources/flux-config.ts";
import type { FluxObject } from "../../src/custom-resources/flux-objects.ts";

/** A configuration as fluxconfig-agent would have written it. */
export const fluxConfig = (spec: Partial<FluxConfigSpec> = {}, status?: FluxConfig["status"]): FluxConfig => ({
  metadata: { name: "fleet", namespace: "team", uid: "u-1", generation: 3 },
  spec: {
    desiredGeneration: 7,
    scope: "cluster",
    sourceKind: "GitRepository",
    suspend: false,
    gitRepository: {
      url: "https://example.com/fleet.git",
      ref: { branch: "main" },
      syncInterval: "10m0s",
      timeout: "10m0s",
    },
    kustomizations: [],
    waitForReconciliation: false,
    ...spec,
  },
  ...(status === undefined ? {} : { status }),
});

interface Seen {
  readonly ready?: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
  readonly observed?: number;
  readonly conditionObserved?: number;
  readonly applied?: string;
  readonly attempted?: string;
  readonly suspend?: boolean;
  readonly artifact?: string;
}

/** A Flux object of generation 2. */
export const fluxObject = (seen: Seen): FluxObject => ({
  metadata: { name: "x", namespace: "team", uid: "u-2", generation: 2 },
  spec: { ...(seen.suspend === undefined ? {} : { suspend: seen.suspend }) },
  status: {
    observedGeneration: seen.observed ?? 2,
    ...(seen.ready === undefined
      ? {}
      : {
          conditions: [
            {
              type: "Ready",
              status: seen.ready,
              observedGeneration: seen.conditionObserved ?? seen.observed ?? 2,
              ...(seen.reason === undefined ? {} : { reason: seen.reason }),
              ...(seen.message === undefined ? {} : { message: seen.message }),
            },
          ],
        }),
    ...(seen.applied === undefined ? {} : { lastAppliedRevision: seen.applied }),
    ...(seen.attempted === undefined ? {} : { lastAttemptedRevision: seen.attempted }),
    ...(seen.artifact === undefined ? {} : { artifact: { revision: seen.artifact } }),
  },
});
