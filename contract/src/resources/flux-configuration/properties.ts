import { z } from "zod";
import { provisioningStates } from "../../arm/operation.ts";
import { optional, orElse } from "../../schema/nullish.ts";

const seconds = () =>
  orElse(
    z
      .int()
      .min(1)
      .max(86_400 * 30),
    600,
  );
const dnsLabel = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be a DNS label");

/** Encrypted at rest, never returned; an empty text stands for the value that is stored. */
const secret = () =>
  optional(
    z
      .string()
      .max(64 * 1024)
      .describe("Encrypted at rest, never returned."),
  );

/** `null` and `{}` both mean "no such source" to the clients that switch kinds. */
const sourceBlock = <T extends z.ZodType>(schema: T) =>
  z.preprocess(
    (value) => (value === null || (typeof value === "object" && Object.keys(value).length === 0) ? undefined : value),
    schema.optional(),
  );

const GitRepository = z.object({
  url: z
    .string()
    .min(1)
    .regex(/^(https?:\/\/|ssh:\/\/|git@)/, "must begin with http://, https://, ssh:// or git@"),
  timeoutInSeconds: seconds(),
  syncIntervalInSeconds: seconds(),
  /** Exactly what to follow; `commit` wins over `semver`, that over `tag`, that over `branch`. Default branch: master. */
  repositoryRef: optional(
    z.object({
      branch: optional(z.string()),
      tag: optional(z.string()),
      semver: optional(z.string()),
      commit: optional(z.string()),
    }),
  ),
  /** Base64 of a known_hosts file; only with ssh. */
  sshKnownHosts: optional(z.string()),
  httpsUser: optional(z.string()),
  /** Base64 of a PEM bundle. */
  httpsCACert: optional(z.string()),
  /** A secret of the user's own in the configuration's namespace. */
  localAuthRef: optional(dnsLabel),
  provider: optional(z.enum(["Azure", "Generic", "GitHub"])),
});

const Bucket = z.object({
  url: z.string().min(1),
  bucketName: z.string().min(1).max(63),
  insecure: orElse(z.boolean(), true),
  timeoutInSeconds: seconds(),
  syncIntervalInSeconds: seconds(),
  accessKey: optional(z.string()),
  localAuthRef: optional(dnsLabel),
});

const AzureBlob = z.object({
  url: z.string().min(1),
  containerName: z.string().min(1),
  timeoutInSeconds: seconds(),
  syncIntervalInSeconds: seconds(),
  localAuthRef: optional(dnsLabel),
  managedIdentity: optional(z.object({ clientId: optional(z.string()) })),
  /** Signs in as an application: with a secret, or with a certificate. */
  servicePrincipal: optional(
    z.object({
      clientId: optional(z.string().max(64)),
      tenantId: optional(z.string().max(64)),
      clientSecret: secret(),
      /** Base64 of a certificate with its private key, as PEM or PKCS#12. */
      clientCertificate: secret(),
      clientCertificatePassword: secret(),
      /** Send the chain of the certificate along, for applications that trust an issuer and a name. */
      clientCertificateSendChain: orElse(z.boolean(), false),
    }),
  ),
  /** The shared key of the storage account. */
  accountKey: secret(),
  /** A shared access signature of the container. */
  sasToken: secret(),
});

const OciRepository = z.object({
  url: z.string().min(1).startsWith("oci://"),
  insecure: orElse(z.boolean(), false),
  timeoutInSeconds: seconds(),
  syncIntervalInSeconds: seconds(),
  repositoryRef: optional(
    z.object({ tag: optional(z.string()), semver: optional(z.string()), digest: optional(z.string()) }),
  ),
  /** Which layer of the artifact holds the manifests; the first by default. */
  layerSelector: optional(
    z.object({
      mediaType: optional(z.string().max(255)),
      /** Unpack the layer, or take it as it is. */
      operation: optional(z.enum(["extract", "copy"])),
    }),
  ),
  /** Take only artifacts with a signature that can be verified. */
  verify: optional(
    z.object({
      provider: orElse(z.enum(["cosign", "notation"]), "cosign"),
      /** Base64 of trusted public keys or certificates, by file name; without any the signature must be keyless. */
      verificationConfig: optional(z.record(z.string().regex(/^[-._a-zA-Z0-9]{1,253}$/), z.string())),
      /** Whom a keyless signature may be of: regular expressions, one of which must match. */
      matchOidcIdentity: optional(z.array(z.object({ issuer: z.string(), subject: z.string() })).max(50)),
    }),
  ),
  localAuthRef: optional(dnsLabel),
  serviceAccountName: optional(dnsLabel),
  /** Sign in to an Azure registry as the identity of the source controller. */
  useWorkloadIdentity: orElse(z.boolean(), false),
  /** Base64 of PEM files: the registry's authority, and a certificate to show to it. */
  tlsConfig: optional(z.object({ caCertificate: secret(), clientCertificate: secret(), privateKey: secret() })),
});

const Kustomization = z.object({
  /** The folder in the source; the root by default. */
  path: orElse(z.string(), ""),
  /** Names of kustomizations of this configuration that must be ready first. */
  dependsOn: orElse(z.array(z.string()), []),
  timeoutInSeconds: seconds(),
  syncIntervalInSeconds: seconds(),
  retryIntervalInSeconds: optional(z.int().min(1)),
  /** Delete from the cluster what disappeared from the source, and everything when the configuration goes. */
  prune: orElse(z.boolean(), false),
  /** Recreate objects whose change the API server refuses. */
  force: orElse(z.boolean(), false),
  /** Wait until what was applied is healthy. */
  wait: orElse(z.boolean(), true),
  postBuild: optional(
    z.object({
      substitute: optional(z.record(z.string(), z.string())),
      substituteFrom: optional(
        z.array(
          z.object({ kind: z.enum(["ConfigMap", "Secret"]), name: z.string(), optional: orElse(z.boolean(), false) }),
        ),
      ),
    }),
  ),
});
export type Kustomization = z.output<typeof Kustomization>;

export const sourceKinds = ["GitRepository", "Bucket", "AzureBlob", "OCIRepository"] as const;
export type SourceKind = (typeof sourceKinds)[number];

export const FluxConfigurationProperties = z.object({
  /** May the configuration act on the whole cluster or only in `namespace`. Fixed at creation. */
  scope: orElse(z.enum(["cluster", "namespace"]), "cluster"),
  /** Where the Flux objects live. Fixed at creation. */
  namespace: orElse(dnsLabel, "default"),
  sourceKind: z.enum(sourceKinds).describe("Must name the one source block that is given."),
  suspend: orElse(z.boolean(), false),
  gitRepository: sourceBlock(GitRepository),
  bucket: sourceBlock(Bucket),
  azureBlob: sourceBlock(AzureBlob),
  ociRepository: sourceBlock(OciRepository),
  kustomizations: orElse(z.record(z.string().regex(/^[a-z0-9]([-a-z0-9]{0,28}[a-z0-9])?$/), Kustomization), {}),
  /** Base64 values under `sshPrivateKey`, `httpsKey`, `bucketSecretKey`; encrypted at rest, never returned. */
  configurationProtectedSettings: orElse(z.record(z.string(), z.string()), {}),
  /** Keep `provisioningState` open until the first reconciliation ended. */
  waitForReconciliation: optional(z.boolean()),
  /** ISO 8601 duration, `PT30M`. */
  reconciliationWaitDuration: optional(z.string()),
});
export type FluxConfigurationProperties = z.output<typeof FluxConfigurationProperties>;

/** What clients write and see with more in it: each kustomization says its name once more. */
export const FluxConfigurationShown = z.object({
  kustomizations: z.record(z.string(), Kustomization.extend({ name: z.string().optional() })).optional(),
});

/** The block of a source kind. */
export const sourceBlockOf: Readonly<Record<SourceKind, "gitRepository" | "bucket" | "azureBlob" | "ociRepository">> = {
  GitRepository: "gitRepository",
  Bucket: "bucket",
  AzureBlob: "azureBlob",
  OCIRepository: "ociRepository",
};

export const complianceStates = ["Compliant", "Non-Compliant", "Pending", "Suspended", "Unknown"] as const;
export type ComplianceState = (typeof complianceStates)[number];

/** The state of one Flux object that the configuration made, directly or through a kustomization. */
export const FluxObjectStatus = z.object({
  name: z.string(),
  namespace: z.string(),
  kind: z.string(),
  complianceState: z.enum(complianceStates),
  appliedBy: z.object({ name: z.string(), namespace: z.string() }).nullish(),
  statusConditions: z
    .array(
      z.object({
        type: z.string(),
        status: z.string(),
        reason: z.string().nullish(),
        message: z.string().nullish(),
        lastTransitionTime: z.string().nullish(),
      }),
    )
    .nullish(),
  helmReleaseProperties: z.record(z.string(), z.unknown()).nullish(),
});
export type FluxObjectStatus = z.infer<typeof FluxObjectStatus>;

export const FluxConfigurationOutput = z.object({
  provisioningState: z.enum(provisioningStates),
  complianceState: z.enum(complianceStates),
  statuses: z.array(FluxObjectStatus).nullish(),
  repositoryPublicKey: z.string().nullish(),
  sourceSyncedCommitId: z.string().nullish(),
  sourceUpdatedAt: z.string().nullish(),
  statusUpdatedAt: z.string().nullish(),
  errorMessage: z.string().nullish(),
});
export type FluxConfigurationOutput = z.infer<typeof FluxConfigurationOutput>;
