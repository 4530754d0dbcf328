/**
 * What the agents and the control plane say to each other. All calls are made by the agents, over HTTPS, to
 * `{endpoint}/dataplane/v1{cluster id}/{verb}` with a token of the cluster's (or an extension's) own identity; the
 * certificate exchange alone is proven by the onboarding key instead.
 */
import { z } from "zod";
import { ArmError, ArmErrorBody } from "../arm/error.ts";
import { AgentError } from "../resources/connected-cluster/properties.ts";
import { ExtensionStatus } from "../resources/extension/properties.ts";
import {
  complianceStates,
  FluxConfigurationProperties,
  FluxObjectStatus,
} from "../resources/flux-configuration/properties.ts";

export const dataPlaneVerbs = [
  "certificate",
  "tokens",
  "heartbeat",
  "heartbeat-stream",
  "desired-state",
  "notifications",
  "reports",
] as const;
export type DataPlaneVerb = (typeof dataPlaneVerbs)[number];

/** The path of a data-plane call of a cluster. */
export const dataPlanePath = (clusterId: string, verb: DataPlaneVerb): string => `/dataplane/v1${clusterId}/${verb}`;

/**
 * POST certificate. `proof` is a JWT signed with the onboarding key (RS256), with `iss` = `sub` = the cluster's id in lower
 * case, `aud` = the endpoint, `jti`, at most five minutes of life, and `csr` = base64url of the SHA-256 of the request, so
 * that a stolen proof is of no use for another key. The key keeps its power after the certificate's end: a cluster that was
 * offline for long recovers by itself.
 */
export const CertificateRequest = z.object({
  proof: z.string().max(16_384),
  /** Base64 of the DER form of a PKCS#10 request. */
  csr: z.string().max(16_384),
});
export type CertificateRequest = z.infer<typeof CertificateRequest>;

export const CertificateAnswer = z.object({
  /** The managed-identity certificate and the CA above it, PEM. */
  certificateChain: z.string(),
  notBefore: z.string(),
  notAfter: z.string(),
  /** When to come back for the next one: half-life. */
  renewAfter: z.string(),
  clientId: z.string(),
  tenantId: z.string(),
  /** Where a client assertion signed with the certificate's key (PS256, `x5t#S256`) buys access tokens. */
  tokenEndpoint: z.string(),
});
export type CertificateAnswer = z.infer<typeof CertificateAnswer>;

/** POST tokens: a token of an extension's own identity, bought with the cluster's. */
export const TokenRequest = z.object({ audience: z.string().max(2048), extensionName: z.string().max(253) });
export type TokenRequest = z.infer<typeof TokenRequest>;

export const TokenAnswer = z.object({ accessToken: z.string(), expiresOn: z.string() });
export type TokenAnswer = z.infer<typeof TokenAnswer>;

/** POST heartbeat: the cluster lives, and this is what it looks like. */
export const Heartbeat = z.object({
  agentVersion: z.string().max(64),
  kubernetesVersion: z.string().max(64),
  totalNodeCount: z.int().min(0),
  totalCoreCount: z.int().min(0),
  distribution: z.string().max(256).optional(),
  infrastructure: z.string().max(256).optional(),
  managedIdentityCertificateExpirationTime: z.string().optional(),
  /** What is wrong with the agents themselves, as controller-manager sees it; empty when all are well. */
  agentErrors: z.array(AgentError).max(50).optional(),
});
export type Heartbeat = z.infer<typeof Heartbeat>;

export const HeartbeatAnswer = z.object({
  /** The generation of the cluster's desired state: a second hint beside the notifications. */
  generation: z.int(),
});
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswer>;

/**
 * GET heartbeat-stream, upgraded to a WebSocket (RFC 6455, no compression): the same signs of life on a connection that stays open. The
 * agent sends a {@link Heartbeat} as a text message, and the next one only after the answer to it; an answer that is no error means,
 * as that of POST heartbeat does, that the heartbeat was saved. The control plane pings at least every 20 seconds, so that both ends, and
 * all between them, notice when the other is gone. POST heartbeat goes on for whoever cannot upgrade, and for messages beyond the limit.
 */
export const HeartbeatStreamAnswer = z.union([HeartbeatAnswer, ArmErrorBody]);
export type HeartbeatStreamAnswer = z.infer<typeof HeartbeatStreamAnswer>;

/** The largest message on a heartbeat stream, in bytes; larger heartbeats are sent with POST. */
export const maxStreamedHeartbeatBytes = 64 * 1024;

/**
 * With which codes the control plane closes a stream of the agents, besides those with which the library answers broken frames (1002),
 * text that is no UTF-8 (1007) and messages beyond the limit (1009).
 */
export const streamCloseCodes = {
  /** It stops, or the stream has lived long enough: come back after a random wait, perhaps to another replica, with a fresh token. */
  goAway: 1001,
  /** A binary message. */
  notText: 1003,
  /** What was sent is not what was agreed: the last answer, or the reason, says more. */
  notAgreed: 1008,
  /** The identity that opened the stream may no longer do so: its cluster was deleted, or its tokens were revoked. */
  notAllowed: 4401,
} as const;

/** What the agent of one kind is to bring about. */
export const desiredKinds = ["extension", "fluxConfiguration"] as const;
export type DesiredKind = (typeof desiredKinds)[number];

const desired = <K extends DesiredKind, S extends z.ZodType>(kind: K, spec: S) =>
  z.object({
    kind: z.literal(kind),
    /** The resource's name; unique within its kind on the cluster. */
    name: z.string(),
    id: z.string(),
    /** The generation of the cluster's desired state at which this item last changed. */
    generation: z.int(),
    correlationId: z.string().optional(),
    /** True when the item is to be removed and its removal reported. */
    deleting: z.boolean(),
    spec,
  });

/** An extension with its version already resolved from the catalogue. */
export const DesiredExtension = desired(
  "extension",
  z.object({
    extensionType: z.string(),
    version: z.string(),
    releaseTrain: z.string(),
    autoUpgradeMinorVersion: z.boolean(),
    /** Where the Helm release lives. */
    releaseNamespace: z.string(),
    /** True when the extension may act in `releaseNamespace` only. */
    isNamespaced: z.boolean(),
    /**
     * `oci://host:port/charts/microsoft.flux`, pulled with the control plane's CA. `digest` is `sha256:` and the hex hash of the
     * chart archive (the .tgz), checked after the pull.
     */
    chart: z.object({ url: z.string(), version: z.string(), digest: z.string() }),
    configurationSettings: z.record(z.string(), z.string()),
    configurationProtectedSettings: z.record(z.string(), z.string()),
  }),
);
export type DesiredExtension = z.infer<typeof DesiredExtension>;

export const DesiredFluxConfiguration = desired("fluxConfiguration", FluxConfigurationProperties);
export type DesiredFluxConfiguration = z.infer<typeof DesiredFluxConfiguration>;

export const DesiredItem = z.discriminatedUnion("kind", [DesiredExtension, DesiredFluxConfiguration]);
export type DesiredItem = z.infer<typeof DesiredItem>;

/**
 * GET desired-state?since=G: the items of the kinds that the caller may see and that changed after generation G (all of them
 * for 0). `ETag` is the generation; with `If-None-Match` an unchanged state answers 304 from one indexed read.
 */
export const DesiredState = z.object({ generation: z.int(), items: z.array(DesiredItem) });
export type DesiredState = z.infer<typeof DesiredState>;

/** GET notifications: a stream of server-sent events named `generation`. Says only that something changed. */
export const GenerationEvent = z.object({ generation: z.int() });
export type GenerationEvent = z.infer<typeof GenerationEvent>;

/** How far the cluster got with an item. `InProgress` is progress for people; the other three end a running operation. */
export const reportStates = ["InProgress", "Succeeded", "Failed", "Deleted"] as const;
export type ReportState = (typeof reportStates)[number];

const reportBase = {
  name: z.string().max(253),
  /** The item's generation that was acted on: a late report never ends a newer operation. */
  generation: z.int(),
  state: z.enum(reportStates),
  /** Why it failed, with the cause inside: the Helm error, the pod's reason. */
  error: ArmError.optional(),
  observedAt: z.string(),
};

export const ExtensionReport = z.object({
  kind: z.literal("extension"),
  ...reportBase,
  currentVersion: z.string().max(64).optional(),
  statuses: z.array(ExtensionStatus).max(100).optional(),
});
export type ExtensionReport = z.infer<typeof ExtensionReport>;

export const FluxConfigurationReport = z.object({
  kind: z.literal("fluxConfiguration"),
  ...reportBase,
  complianceState: z.enum(complianceStates),
  statuses: z.array(FluxObjectStatus).max(1000).optional(),
  sourceSyncedCommitId: z.string().optional(),
  sourceUpdatedAt: z.string().optional(),
  repositoryPublicKey: z.string().optional(),
  errorMessage: z.string().optional(),
});
export type FluxConfigurationReport = z.infer<typeof FluxConfigurationReport>;

export const Report = z.discriminatedUnion("kind", [ExtensionReport, FluxConfigurationReport]);
export type Report = z.infer<typeof Report>;

/** POST reports: idempotent; sending one again changes nothing. */
export const ReportBatch = z.object({ reports: z.array(Report).max(200) });
export type ReportBatch = z.infer<typeof ReportBatch>;

export const ReportAnswer = z.object({
  /** Names of items that the control plane does not know (any more): nothing more needs to be said about them. */
  unknown: z.array(z.object({ kind: z.enum(desiredKinds), name: z.string() })),
});
export type ReportAnswer = z.infer<typeof ReportAnswer>;
