export * from "./explain-pods.ts";
export * from "./pull-chart.ts";
export * from "./release.ts";
export { HelmError, type HelmTarget, type RunOptions, runHelm } from "./run-helm.ts";
