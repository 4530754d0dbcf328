import type { DesiredFluxConfiguration, FluxConfigurationProperties, Kustomization } from "@arcfleet/contract";
import type { FluxConfigKustomization, FluxConfigSpec } from "../custom-resources/flux-config.ts";
import { goDuration } from "./go-duration.ts";
import { protectedParameters } from "./protected-parameters.ts";

/** The Secret beside a FluxConfig that carries what was protected in ARM. */
export const protectedParametersSecret = (configuration: string): string => `${configuration}-protected-parameters`;

/** What the control plane wants, in the words of the FluxConfig. */
export function fluxConfigSpec({ name, generation, correlationId, spec }: DesiredFluxConfiguration): FluxConfigSpec {
  return {
    ...(correlationId === undefined ? {} : { correlationId }),
    desiredGeneration: generation,
    scope: spec.scope,
    sourceKind: spec.sourceKind,
    suspend: spec.suspend,
    ...source(spec),
    kustomizations: Object.entries(spec.kustomizations)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([kustomization, properties]) => kustomizationOf(kustomization, properties)),
    ...(Object.keys(protectedParameters(spec)).length === 0
      ? {}
      : { protectedParametersSecretRef: { name: protectedParametersSecret(name) } }),
    waitForReconciliation: spec.waitForReconciliation ?? false,
    ...defined({ reconciliationWaitDuration: spec.reconciliationWaitDuration }),
  };
}

function source(spec: FluxConfigurationProperties): Partial<FluxConfigSpec> {
  switch (spec.sourceKind) {
    case "GitRepository":
      return spec.gitRepository === undefined ? {} : { gitRepository: gitRepository(spec.gitRepository) };
    case "Bucket":
      return spec.bucket === undefined ? {} : { bucket: bucket(spec.bucket) };
    case "AzureBlob":
      return spec.azureBlob === undefined ? {} : { azureBlob: azureBlob(spec.azureBlob) };
    case "OCIRepository":
      return spec.ociRepository === undefined ? {} : { ociRepository: ociRepository(spec.ociRepository) };
  }
}

type Block<K extends "gitRepository" | "bucket" | "azureBlob" | "ociRepository"> = NonNullable<
  FluxConfigurationProperties[K]
>;

const gitRepository = (block: Block<"gitRepository">): NonNullable<FluxConfigSpec["gitRepository"]> => ({
  url: block.url,
  // The default branch of the original, kept although few repositories still have it.
  ref: isEmpty(block.repositoryRef) ? { branch: "master" } : defined(block.repositoryRef),
  ...timing(block),
  ...defined({
    sshKnownHosts: block.sshKnownHosts,
    httpsUser: block.httpsUser,
    httpsCACert: block.httpsCACert,
    provider: block.provider === undefined ? undefined : lowerCase(block.provider),
  }),
  ...localAuth(block),
});

const bucket = (block: Block<"bucket">): NonNullable<FluxConfigSpec["bucket"]> => ({
  url: block.url,
  name: block.bucketName,
  insecure: block.insecure,
  ...timing(block),
  ...defined({ accessKey: block.accessKey }),
  ...localAuth(block),
});

const azureBlob = (block: Block<"azureBlob">): NonNullable<FluxConfigSpec["azureBlob"]> => ({
  url: block.url,
  containerName: block.containerName,
  ...timing(block),
  ...defined({
    managedIdentityClientId: block.managedIdentity?.clientId,
    servicePrincipal:
      block.servicePrincipal === undefined
        ? undefined
        : defined({
            clientId: block.servicePrincipal.clientId,
            tenantId: block.servicePrincipal.tenantId,
            clientCertificateSendChain: block.servicePrincipal.clientCertificateSendChain || undefined,
          }),
  }),
  ...localAuth(block),
});

const ociRepository = (block: Block<"ociRepository">): NonNullable<FluxConfigSpec["ociRepository"]> => ({
  url: block.url,
  insecure: block.insecure,
  ref: defined(block.repositoryRef ?? {}),
  ...timing(block),
  ...defined({
    serviceAccountName: block.serviceAccountName,
    layerSelector: block.layerSelector === undefined ? undefined : defined(block.layerSelector),
    verify: block.verify === undefined ? undefined : { provider: block.verify.provider, ...defined(block.verify) },
    useWorkloadIdentity: block.useWorkloadIdentity || undefined,
  }),
  ...localAuth(block),
});

const kustomizationOf = (name: string, properties: Kustomization): FluxConfigKustomization => ({
  name,
  path: properties.path,
  dependsOn: properties.dependsOn,
  ...timing(properties),
  ...defined({
    retryInterval:
      properties.retryIntervalInSeconds === undefined ? undefined : goDuration(properties.retryIntervalInSeconds),
    postBuild: properties.postBuild === undefined ? undefined : defined(properties.postBuild),
  }),
  prune: properties.prune,
  force: properties.force,
  wait: properties.wait,
});

const timing = (block: { syncIntervalInSeconds: number; timeoutInSeconds: number }) => ({
  syncInterval: goDuration(block.syncIntervalInSeconds),
  timeout: goDuration(block.timeoutInSeconds),
});

const localAuth = ({ localAuthRef }: { localAuthRef?: string | undefined }) =>
  localAuthRef === undefined ? {} : { localAuthRef: { name: localAuthRef } };

const isEmpty = (ref: object | undefined): ref is undefined =>
  ref === undefined || Object.values(ref).every((value) => value === undefined);

/** Without the keys that are undefined: they would read as a change in a comparison with what the API server stores. */
function defined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

const lowerCase = <S extends string>(text: S): Lowercase<S> => text.toLowerCase() as Lowercase<S>;
