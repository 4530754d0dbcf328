/** The kinds of Flux that a FluxConfig becomes or that its kustomizations may bring along. */
import { z } from "zod";
import { defineKind } from "../runtime/kube/kube-kind.ts";
import { Condition } from "./condition.ts";

const FluxStatus = z.looseObject({
  observedGeneration: z.int().optional(),
  conditions: z.array(Condition).optional(),
  artifact: z.looseObject({ revision: z.string(), lastUpdateTime: z.string().optional() }).nullish(),
  lastAppliedRevision: z.string().optional(),
  lastAttemptedRevision: z.string().optional(),
  /** Ids `namespace_name_group_kind` of what a Kustomization applied. */
  inventory: z
    .looseObject({
      entries: z
        .array(z.object({ id: z.string(), v: z.string() }))
        .nullable()
        .default([]),
    })
    .nullish(),
  /** The newest outcome first; Kustomizations only, HelmReleases have records of another shape. */
  history: z.array(z.looseObject({ lastReconciledStatus: z.string().optional() })).nullish(),
});

const shape = {
  spec: z.looseObject({ suspend: z.boolean().optional() }).optional(),
  status: FluxStatus.nullish(),
};

const source = (kind: string, plural: string) =>
  defineKind({ apiVersion: "source.toolkit.fluxcd.io/v1", kind, plural, isNamespaced: true }, shape);

export const gitRepositories = source("GitRepository", "gitrepositories");
export const buckets = source("Bucket", "buckets");
export const ociRepositories = source("OCIRepository", "ocirepositories");
export const helmRepositories = source("HelmRepository", "helmrepositories");
export const helmCharts = source("HelmChart", "helmcharts");
export const kustomizations = defineKind(
  { apiVersion: "kustomize.toolkit.fluxcd.io/v1", kind: "Kustomization", plural: "kustomizations", isNamespaced: true },
  shape,
);
export const helmReleases = defineKind(
  { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", plural: "helmreleases", isNamespaced: true },
  shape,
);

/** A Flux object, as far as its state can be read off it. */
export type FluxObject = z.output<typeof kustomizations.schema>;

/** The kinds a FluxConfig's own source can have. */
export const sourceKindsOfFlux = [gitRepositories, buckets, ociRepositories] as const;

/** The kinds whose state is told when a kustomization's inventory names them. */
export const childKinds = [...sourceKindsOfFlux, helmRepositories, helmCharts, helmReleases, kustomizations] as const;
