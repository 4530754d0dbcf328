import { fluxConfiguration } from "@arcfleet/contract";
import type * as pulumi from "@pulumi/pulumi";
import { type AdoptArgs, ArcfleetResource } from "./arcfleet-resource.ts";
import type { ConnectedCluster } from "./connected-cluster.ts";
import { withDependencies } from "./dependencies.ts";
import type { Extension } from "./extension.ts";
import { sourceKindOf } from "./source-kind.ts";

/** What the four kinds of source have in common. */
interface SourceArgs {
  /** How long fetching may take, in seconds. @default 600 */
  timeoutInSeconds?: pulumi.Input<number>;
  /** How often the source is looked at, in seconds. @default 600 */
  syncIntervalInSeconds?: pulumi.Input<number>;
  /** A Secret of your own, in the namespace of the configuration, with the credentials. @default none */
  localAuthRef?: pulumi.Input<string>;
}

/** What of a Git repository is followed. A commit wins over a semver range, that over a tag, that over a branch. */
export interface GitRepositoryRefArgs {
  /** A branch, at its newest commit. @default "master" when nothing else is given */
  branch?: pulumi.Input<string>;
  /** A tag. @default none */
  tag?: pulumi.Input<string>;
  /** The newest tag in a range, such as `">=1.0.0 <2.0.0"`. @default none */
  semver?: pulumi.Input<string>;
  /** A commit, by its full hash; with `branch` it is looked for there. @default none */
  commit?: pulumi.Input<string>;
}

/** A Git repository. */
export interface GitRepositoryArgs extends SourceArgs {
  /** Begins with `http://`, `https://`, `ssh://` or `git@`. */
  url: pulumi.Input<string>;
  /** What to follow. @default { branch: "master" } */
  repositoryRef?: pulumi.Input<GitRepositoryRefArgs>;
  /** A known_hosts file in base64; only with ssh. @default none */
  sshKnownHosts?: pulumi.Input<string>;
  /** The user for https; its key goes into `configurationProtectedSettings.httpsKey`. @default none */
  httpsUser?: pulumi.Input<string>;
  /** A PEM bundle in base64. @default the public CAs */
  httpsCACert?: pulumi.Input<string>;
  /** Who signs in to the repository: the identity of a cloud, or nobody in particular. @default "Generic" */
  provider?: pulumi.Input<"Azure" | "Generic" | "GitHub">;
}

/** A bucket of an S3-compatible store. */
export interface BucketArgs extends SourceArgs {
  /** The address of the store, such as `https://s3.example.com`. */
  url: pulumi.Input<string>;
  /** The bucket, whole. */
  bucketName: pulumi.Input<string>;
  /** Whether plain HTTP is accepted. @default true */
  insecure?: pulumi.Input<boolean>;
  /** Its key goes into `configurationProtectedSettings.bucketSecretKey`. @default none */
  accessKey?: pulumi.Input<string>;
}

/** A container of Azure Blob Storage. */
export interface AzureBlobArgs extends SourceArgs {
  /** The address of the storage account, such as `https://account.blob.core.windows.net`. */
  url: pulumi.Input<string>;
  /** The container, whole. */
  containerName: pulumi.Input<string>;
  /** The identity of the node that reads the container. @default none */
  managedIdentity?: pulumi.Input<ManagedIdentityArgs>;
  /** The application that reads the container. Only one way to sign in can be given. @default none */
  servicePrincipal?: pulumi.Input<ServicePrincipalArgs>;
  /** The shared key of the storage account: encrypted in the state and in the control plane. @default none */
  accountKey?: pulumi.Input<string>;
  /** A shared access signature of the container: encrypted in the state and in the control plane. @default none */
  sasToken?: pulumi.Input<string>;
}

/** An application that signs in with a secret, or with a certificate. */
export interface ServicePrincipalArgs {
  /** Its application id. @default none, and one is needed */
  clientId?: pulumi.Input<string>;
  /** The tenant that it is in. @default none, and one is needed */
  tenantId?: pulumi.Input<string>;
  /** Its secret: encrypted in the state and in the control plane. @default a certificate */
  clientSecret?: pulumi.Input<string>;
  /** A certificate with its private key, PEM or PKCS#12 in base64: encrypted likewise. @default a secret */
  clientCertificate?: pulumi.Input<string>;
  /** The password of the certificate: encrypted likewise. @default none */
  clientCertificatePassword?: pulumi.Input<string>;
  /** Whether the chain of the certificate is sent along. @default false */
  clientCertificateSendChain?: pulumi.Input<boolean>;
}

/** A managed identity of the machine that a cluster runs on. */
export interface ManagedIdentityArgs {
  /** Its client id. @default the only one that the machine has */
  clientId?: pulumi.Input<string>;
}

/** What of an OCI repository is followed. A digest wins over a semver range, that over a tag. */
export interface OciRepositoryRefArgs {
  /** A tag. @default "latest" when nothing else is given */
  tag?: pulumi.Input<string>;
  /** The newest tag in a range. @default none */
  semver?: pulumi.Input<string>;
  /** A digest, such as `sha256:…`. @default none */
  digest?: pulumi.Input<string>;
}

/** An OCI artifact. */
export interface OciRepositoryArgs extends SourceArgs {
  /** Begins with `oci://`. */
  url: pulumi.Input<string>;
  /** Whether plain HTTP is accepted. @default false */
  insecure?: pulumi.Input<boolean>;
  /** What to follow. @default { tag: "latest" } */
  repositoryRef?: pulumi.Input<OciRepositoryRefArgs>;
  /** Which layer of the artifact holds the manifests. @default the first */
  layerSelector?: pulumi.Input<LayerSelectorArgs>;
  /** Takes only artifacts whose signature can be verified. @default any artifact */
  verify?: pulumi.Input<VerifyArgs>;
  /** A service account in the namespace of the configuration whose pull secrets are used. @default none */
  serviceAccountName?: pulumi.Input<string>;
  /** Whether the source controller signs in to an Azure registry with its own identity. @default false */
  useWorkloadIdentity?: pulumi.Input<boolean>;
  /** The registry's authority, and a certificate to show to it. @default the public CAs, and none */
  tlsConfig?: pulumi.Input<TlsConfigArgs>;
}

/** Which layer of an artifact is taken, and how. */
export interface LayerSelectorArgs {
  /** The first layer of this media type. @default the first of all */
  mediaType?: pulumi.Input<string>;
  /** Whether the layer is unpacked, or taken as it is. @default "extract" */
  operation?: pulumi.Input<"extract" | "copy">;
}

/** Whose signature an artifact must carry. */
export interface VerifyArgs {
  /** The tool that made the signature. @default "cosign" */
  provider?: pulumi.Input<"cosign" | "notation">;
  /** Trusted public keys or certificates in base64, by file name. @default none: the signature must be keyless */
  verificationConfig?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Whom a keyless signature may be of; one must match. @default anybody */
  matchOidcIdentity?: pulumi.Input<pulumi.Input<MatchOidcIdentityArgs>[]>;
}

/** Whom a keyless signature may be of, as regular expressions. */
export interface MatchOidcIdentityArgs {
  /** The issuer of the identity. */
  issuer: pulumi.Input<string>;
  /** The identity itself. */
  subject: pulumi.Input<string>;
}

/** PEM files in base64: encrypted in the state and in the control plane. */
export interface TlsConfigArgs {
  /** The authority that the registry's certificate is of. @default the public CAs */
  caCertificate?: pulumi.Input<string>;
  /** The certificate to show to the registry, with `privateKey`. @default none */
  clientCertificate?: pulumi.Input<string>;
  /** The key of `clientCertificate`. @default none */
  privateKey?: pulumi.Input<string>;
}

/** One folder of the source that is applied. */
export interface KustomizationArgs {
  /** The folder in the source. @default its root */
  path?: pulumi.Input<string>;
  /** Kustomizations of this configuration that must be ready first. @default none */
  dependsOn?: pulumi.Input<pulumi.Input<string>[]>;
  /** How long applying may take, in seconds. @default 600 */
  timeoutInSeconds?: pulumi.Input<number>;
  /** How often the cluster is compared with the source, in seconds. @default 600 */
  syncIntervalInSeconds?: pulumi.Input<number>;
  /** How soon a failure is tried again, in seconds. @default `syncIntervalInSeconds` */
  retryIntervalInSeconds?: pulumi.Input<number>;
  /** Delete from the cluster what disappeared from the source, and everything with the configuration. @default false */
  prune?: pulumi.Input<boolean>;
  /** Recreate objects whose change the API server refuses. @default false */
  force?: pulumi.Input<boolean>;
  /** Wait until what was applied is healthy. @default true */
  wait?: pulumi.Input<boolean>;
  /** What is replaced in the manifests before they are applied. @default none */
  postBuild?: pulumi.Input<PostBuildArgs>;
}

/** Variables that are replaced in the manifests, `${name}`. */
export interface PostBuildArgs {
  /** Values by variable. @default none */
  substitute?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Objects on the cluster whose entries are variables. @default none */
  substituteFrom?: pulumi.Input<pulumi.Input<SubstituteFromArgs>[]>;
}

/** An object on the cluster, in the namespace of the configuration, whose entries are variables. */
export interface SubstituteFromArgs {
  /** What it is. */
  kind: pulumi.Input<"ConfigMap" | "Secret">;
  /** Its name. */
  name: pulumi.Input<string>;
  /** Whether it may be missing. @default false */
  optional?: pulumi.Input<boolean>;
}

interface FluxConfigurationCommonArgs extends AdoptArgs {
  /** The cluster that the source is kept applied on. Changing this replaces the resource. */
  cluster: ConnectedCluster;
  /**
   * The `microsoft.flux` extension of that cluster: it must be there first, and go last.
   * @default none; say with `dependsOn` what must be there first
   */
  extension?: Extension;
  /**
   * 1 to 30 lower-case letters, digits and hyphens. Changing this replaces the resource.
   * @default the name of the Pulumi resource
   */
  name?: pulumi.Input<string>;
  /**
   * Whether the configuration may act on the whole cluster or only in `namespace`. Changing this replaces the resource.
   * @default "cluster"
   */
  scope?: pulumi.Input<"cluster" | "namespace">;
  /**
   * Where the Flux objects live. Changing this replaces the resource.
   * @default "default"
   */
  namespace?: pulumi.Input<string>;
  /**
   * What to apply from the source, by name. Changing this updates in place.
   * @default none
   * @example { apps: { path: "./apps", prune: true } }
   */
  kustomizations?: pulumi.Input<Record<string, pulumi.Input<KustomizationArgs>>>;
  /**
   * Stops applying without removing anything. Changing this updates in place.
   * @default false
   */
  suspend?: pulumi.Input<boolean>;
  /**
   * Base64 values under `sshPrivateKey`, `httpsKey` or `bucketSecretKey`: encrypted in the state and in the control plane, handed
   * to the cluster alone. Changing this updates in place.
   * @default none
   */
  configurationProtectedSettings?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Whether the write itself ends only when the cluster has applied the source for the first time: for other clients, because
   * `pulumi up` waits for compliance anyway. Changing this updates in place.
   * @default false
   */
  waitForReconciliation?: pulumi.Input<boolean>;
  /**
   * How long it waits for that, as an ISO 8601 duration. Changing this updates in place.
   * @default "PT30M"
   * @example "PT30M"
   */
  reconciliationWaitDuration?: pulumi.Input<string>;
  /**
   * Whether `pulumi up` waits until the cluster complies with the source, and fails with Flux's message when it does not.
   * @default true
   */
  waitForCompliance?: pulumi.Input<boolean>;
  /**
   * How long it waits for that, in seconds.
   * @default 600
   */
  complianceTimeoutSeconds?: pulumi.Input<number>;
}

interface FromBucket {
  /**
   * The bucket that is kept applied. Changing this, or the kind of source, updates in place.
   * @default another kind of source
   */
  bucket: pulumi.Input<BucketArgs>;
  azureBlob?: never;
  ociRepository?: never;
  gitRepository?: never;
}

interface FromAzureBlob {
  /**
   * The blob container that is kept applied. Changing this, or the kind of source, updates in place.
   * @default another kind of source
   */
  azureBlob: pulumi.Input<AzureBlobArgs>;
  bucket?: never;
  ociRepository?: never;
  gitRepository?: never;
}

interface FromOciRepository {
  /**
   * The OCI artifact that is kept applied. Changing this, or the kind of source, updates in place.
   * @default another kind of source
   */
  ociRepository: pulumi.Input<OciRepositoryArgs>;
  bucket?: never;
  azureBlob?: never;
  gitRepository?: never;
}

interface FromGitRepository {
  /**
   * The Git repository that is kept applied. Changing this, or the kind of source, updates in place.
   * @default another kind of source
   */
  gitRepository: pulumi.Input<GitRepositoryArgs>;
  bucket?: never;
  azureBlob?: never;
  ociRepository?: never;
}

/** Exactly one source is given; which one it is decides `sourceKind`. */
export type FluxConfigurationArgs = FluxConfigurationCommonArgs &
  // The compiler names the last one when none is given: the one that most programs want.
  (FromBucket | FromAzureBlob | FromOciRepository | FromGitRepository);

/**
 * A Git repository (or bucket, or OCI artifact) kept applied on a cluster by Flux. Done when the cluster complies with it.
 *
 * @example
 * new FluxConfiguration("apps", {
 *   cluster: east,
 *   extension: flux,
 *   gitRepository: { url: "https://example.com/fleet.git", repositoryRef: { branch: "main" } },
 *   kustomizations: { apps: { path: "./apps", prune: true } },
 * });
 */
export class FluxConfiguration extends ArcfleetResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly provisioningState: pulumi.Output<string>;
  /** `Compliant`, `Non-Compliant`, `Pending`, `Suspended` or `Unknown`. */
  declare readonly complianceState: pulumi.Output<string>;
  /** What the cluster has applied, such as `main@sha1:…`. */
  declare readonly sourceSyncedCommitId: pulumi.Output<string | undefined>;
  /** What Flux says is wrong. */
  declare readonly errorMessage: pulumi.Output<string | undefined>;
  /** The public half of the key that Flux made for ssh; add it to the repository as a deploy key. */
  declare readonly repositoryPublicKey: pulumi.Output<string | undefined>;

  /** Looks up a configuration that this program does not manage, by its ARM id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): FluxConfiguration {
    return new FluxConfiguration(name, undefined, { ...options, id });
  }

  constructor(name: string, args: FluxConfigurationArgs, options?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, options: pulumi.CustomResourceOptions);
  constructor(name: string, args: FluxConfigurationArgs | undefined, options: pulumi.CustomResourceOptions = {}) {
    super(
      { key: "fluxConfiguration", outputs, secrets: fluxConfiguration.secrets },
      name,
      args && inputsOf(args),
      args?.extension === undefined
        ? options
        : { ...options, dependsOn: withDependencies(options.dependsOn, [args.extension]) },
    );
  }
}

const inputsOf = ({ cluster, extension: _, ...rest }: FluxConfigurationArgs) => ({
  ...rest,
  cluster: cluster.id,
  sourceKind: sourceKindOf(rest),
});

const outputs = [
  "name",
  "provisioningState",
  "complianceState",
  "sourceSyncedCommitId",
  "errorMessage",
  "repositoryPublicKey",
] as const;
