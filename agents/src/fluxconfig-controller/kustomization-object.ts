import type { FluxConfig, FluxConfigKustomization } from "../custom-resources/flux-config.ts";
import type { ApplyObject } from "../runtime/kube/kube-client.ts";
import { applierAccount, kustomizationName, labelsOf, ownedBy, sourceName } from "./names.ts";
import { fluxSourceKind } from "./source-object.ts";

/** One kustomization of a configuration, as Flux knows it. */
export function kustomizationObject(config: FluxConfig, kustomization: FluxConfigKustomization): ApplyObject {
  const { name, namespace } = config.metadata;
  return {
    metadata: {
      name: kustomizationName(name, kustomization.name),
      namespace,
      labels: labelsOf(config),
      ownerReferences: ownedBy(config),
    },
    spec: {
      sourceRef: { kind: fluxSourceKind[config.spec.sourceKind].kind, name: sourceName(name) },
      path: relativePath(kustomization.path),
      interval: kustomization.syncInterval,
      timeout: kustomization.timeout,
      ...(kustomization.retryInterval === undefined ? {} : { retryInterval: kustomization.retryInterval }),
      prune: kustomization.prune,
      force: kustomization.force,
      wait: kustomization.wait,
      suspend: config.spec.suspend,
      serviceAccountName: applierAccount,
      ...(kustomization.dependsOn.length === 0
        ? {}
        : { dependsOn: kustomization.dependsOn.map((other) => ({ name: kustomizationName(name, other) })) }),
      ...(kustomization.postBuild === undefined ? {} : { postBuild: kustomization.postBuild }),
    },
  };
}

/** Paths of ARM are relative to the root of the source, however they begin. */
export const relativePath = (path: string): string => `./${path.replace(/^(\.?\/)+/, "").replace(/^\.$/, "")}`;
