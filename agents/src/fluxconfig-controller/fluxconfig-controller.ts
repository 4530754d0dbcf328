/** Turns each FluxConfig into Flux objects, and their states into the FluxConfig's status. */
import { fluxConfigFinalizer, fluxConfigs } from "../custom-resources/flux-config.ts";
import { type AgentSetUp, defineObjectAgent, type Parts } from "../runtime/index.ts";
import { applyChanged } from "./apply-changed.ts";
import { ownedObjects } from "./owned-objects.ts";
import { type Means, outcomeStatus, reconcileFluxConfig, removeFluxConfig } from "./reconcile-flux-config.ts";

export function fluxConfigController({ kube, log, onRun }: AgentSetUp): Parts {
  const owned = ownedObjects(kube, log);
  const means: Means = { kube, objects: applyChanged(kube), owned };
  const agent = defineObjectAgent({
    name: "fluxconfig-controller",
    kube,
    kind: fluxConfigs,
    source: owned.configs,
    finalizer: fluxConfigFinalizer,
    log,
    onRun,
    // The Flux objects that kustomizations brought along are not watched.
    intervalMs: 60_000,
    concurrency: 8,
    reconcile: (config, context) => reconcileFluxConfig(config, means, context),
    cleanup: (config, context) => removeFluxConfig(config, means, context),
    status: outcomeStatus,
  });
  return { agents: [agent] };
}
