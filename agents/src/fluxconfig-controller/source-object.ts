import type { FluxConfig, FluxConfigSpec } from "../custom-resources/flux-config.ts";
import { buckets, gitRepositories, ociRepositories } from "../custom-resources/flux-objects.ts";
import type { ApplyObject } from "../runtime/kube/kube-client.ts";
import type { Auth } from "./ensure-auth.ts";
import { authSecretName, labelsOf, ownedBy, sourceName, tlsSecretName, verifySecretName } from "./names.ts";

/** Kinds of Flux by the source kind of ARM: a blob container is a bucket of another provider to Flux. */
export const fluxSourceKind = {
  GitRepository: gitRepositories,
  Bucket: buckets,
  AzureBlob: buckets,
  OCIRepository: ociRepositories,
} as const;

/** Which secrets of the configuration's own there are to refer to. */
export type SourceSecrets = Pick<Auth, "hasSecret" | "hasTlsSecret" | "hasVerifySecret">;

/** The one source of a configuration. */
export function sourceObject(config: FluxConfig, auth: SourceSecrets): ApplyObject {
  return {
    metadata: {
      name: sourceName(config.metadata.name),
      namespace: config.metadata.namespace,
      labels: labelsOf(config),
      ownerReferences: ownedBy(config),
    },
    spec: { ...sourceSpec(config, auth), suspend: config.spec.suspend },
  };
}

function sourceSpec(config: FluxConfig, auth: SourceSecrets): Record<string, unknown> {
  const { spec } = config;
  switch (spec.sourceKind) {
    case "GitRepository": {
      const block = need(spec.gitRepository, spec);
      return {
        url: gitUrl(block.url),
        ref: block.ref,
        ...timing(block),
        ...(block.provider === undefined || block.provider === "generic" ? {} : { provider: block.provider }),
        ...secretRef(config, block, auth),
      };
    }
    case "Bucket": {
      const block = need(spec.bucket, spec);
      return {
        ...endpoint(block.url),
        bucketName: block.name,
        insecure: block.insecure,
        provider: "generic",
        ...timing(block),
        ...secretRef(config, block, auth),
      };
    }
    case "AzureBlob": {
      const block = need(spec.azureBlob, spec);
      return {
        endpoint: block.url,
        bucketName: block.containerName,
        provider: "azure",
        ...timing(block),
        ...secretRef(config, block, auth),
      };
    }
    case "OCIRepository": {
      const block = need(spec.ociRepository, spec);
      return {
        url: block.url,
        insecure: block.insecure,
        ...(Object.keys(block.ref).length === 0 ? {} : { ref: block.ref }),
        ...(block.serviceAccountName === undefined ? {} : { serviceAccountName: block.serviceAccountName }),
        ...(block.layerSelector === undefined ? {} : { layerSelector: block.layerSelector }),
        ...(block.useWorkloadIdentity === true ? { provider: "azure" } : {}),
        ...(auth.hasTlsSecret ? { certSecretRef: { name: tlsSecretName(config.metadata.name) } } : {}),
        ...(block.verify === undefined ? {} : { verify: verification(config, block.verify, auth) }),
        ...timing(block),
        ...secretRef(config, block, auth),
      };
    }
  }
}

function verification(
  { metadata }: FluxConfig,
  { provider, matchOidcIdentity }: NonNullable<NonNullable<FluxConfigSpec["ociRepository"]>["verify"]>,
  { hasVerifySecret }: SourceSecrets,
) {
  return {
    provider,
    ...(hasVerifySecret ? { secretRef: { name: verifySecretName(metadata.name) } } : {}),
    ...(matchOidcIdentity === undefined || matchOidcIdentity.length === 0
      ? {}
      : { matchOIDCIdentity: matchOidcIdentity }),
  };
}

function need<T>(block: T | undefined, spec: FluxConfigSpec): T {
  if (block === undefined) throw new Error(`spec.sourceKind is ${spec.sourceKind}, but spec has no such block`);
  return block;
}

/** Flux takes URLs only; `git@host:path` is scp's short form of ssh. */
export function gitUrl(url: string): string {
  const short = /^(?<user>[^@/]+)@(?<host>[^:/]+):(?<path>.*)$/.exec(url);
  if (short?.groups === undefined) return url;
  const { user, host, path } = short.groups;
  return `ssh://${user}@${host}/${path?.replace(/^\//, "")}`;
}

/** A bucket's endpoint is a host to Flux, while ARM's clients write a URL. */
const endpoint = (url: string) => ({ endpoint: url.replace(/^https?:\/\//, "").replace(/\/$/, "") });

const timing = (block: { syncInterval: string; timeout: string }) => ({
  interval: block.syncInterval,
  timeout: block.timeout,
});

function secretRef(config: FluxConfig, block: { localAuthRef?: { name: string } | undefined }, auth: SourceSecrets) {
  if (block.localAuthRef !== undefined) return { secretRef: { name: block.localAuthRef.name } };
  return auth.hasSecret ? { secretRef: { name: authSecretName(config.metadata.name) } } : {};
}
