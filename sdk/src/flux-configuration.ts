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

export interface GitRepositoryArgs extends SourceArgs {
  /** Begins with `http://`, `https://`, `ssh://` or `git@`. */
  url: pulumi.Input<string>;
  /** What to follow; a commit wins over a semver range, that over a tag, that over a branch. @default { branch: "master" } */
  repositoryRef?: pulumi.Input<{
    branch?: pulumi.Input<string>;
    tag?: pulumi.Input<string>;
    semver?: pulumi.Input<string>;
    commit?: pulumi.Input<string>;
  }>;
  /** A known_hosts file in base64; only with ssh. @default none */
  sshKnownHosts?: pulumi.Input<string>;
  /** The user for https; its key goes into `configurationProtectedSettings.httpsKey`. @default none */
  httpsUser?: pulumi.Input<string>;
  /** A PEM bundle in base64. @default the public CAs */
  httpsCACert?: pulumi.Input<string>;
  /** @default "Generic" */
  provider?: pulumi.Input<"Azure" | "Generic" | "GitHub">;
}

export interface BucketArgs extends SourceArgs {
  url: pulumi.Input<string>;
  bucketName: pulumi.Input<string>;
  /** Whether plain HTTP is accepted. @default true */
  insecure?: pulumi.Input<boolean>;
  /** Its key goes into `configurationProtectedSettings.bucketSecretKey`. @default none */
  accessKey?: pulumi.Input<string>;
}

export interface AzureBlobArgs extends SourceArgs {
  url: pulumi.Input<string>;
  containerName: pulumi.Input<string>;
  /** @default none */
  managedIdentity?: pulumi.Input<{ clientId?: pulumi.Input<string> }>;
}

export interface OciRepositoryArgs extends SourceArgs {
  /** Begins with `oci://`. */
  url: pulumi.Input<string>;
  /** Whether plain HTTP is accepted. @default false */
  insecure?: pulumi.Input<boolean>;
  /** @default { tag: "latest" } */
  repositoryRef?: pulumi.Input<{
    tag?: pulumi.Input<string>;
    semver?: pulumi.Input<string>;
    digest?: pulumi.Input<string>;
  }>;
  /** A service account in the namespace of the configuration whose pull secrets are used. @default none */
  serviceAccountName?: pulumi.Input<string>;
}

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
  /** Variables to replace in the manifests. @default none */
  postBuild?: pulumi.Input<{
    substitute?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    substituteFrom?: pulumi.Input<
      pulumi.Input<{
        kind: pulumi.Input<"ConfigMap" | "Secret">;
        name: pulumi.Input<string>;
        optional?: pulumi.Input<boolean>;
      }>[]
    >;
  }>;
}

interface CommonArgs extends AdoptArgs {
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

type Only<Name extends string, Block> = { [K in Name]: pulumi.Input<Block> } & {
  [K in Exclude<"gitRepository" | "bucket" | "azureBlob" | "ociRepository", Name>]?: never;
};

/** Exactly one source is given; which one it is decides `sourceKind`. Changing the source updates in place. */
export type FluxConfigurationArgs = CommonArgs &
  (
    | Only<"gitRepository", GitRepositoryArgs>
    | Only<"bucket", BucketArgs>
    | Only<"azureBlob", AzureBlobArgs>
    | Only<"ociRepository", OciRepositoryArgs>
  );

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
      { key: "fluxConfiguration", outputs, secrets: ["configurationProtectedSettings"] },
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
