/** What agents and attaching tools call. */
import { z } from "zod";
import {
  CertificateAnswer,
  CertificateRequest,
  type DataPlaneVerb,
  DesiredExtension,
  DesiredFluxConfiguration,
  DesiredState,
  dataPlanePath,
  ExtensionReport,
  FluxConfigurationReport,
  Heartbeat,
  HeartbeatAnswer,
  ReportAnswer,
  ReportBatch,
  TokenAnswer,
  TokenRequest,
} from "../agent/data-plane.ts";
import { HelmSettings, helmSettingsPath } from "../agent/helm-settings.ts";
import { connectedCluster } from "../resources/connected-cluster/index.ts";
import { fullType } from "../resources/define-resource.ts";
import type { Operation } from "./operation.ts";
import { itemPath } from "./path-parameters.ts";
import { named } from "./schemas.ts";

const agents = { area: "Data plane of the agents", access: { kind: "cluster" } } as const;
const pathOf = (verb: DataPlaneVerb): string => dataPlanePath(itemPath(connectedCluster), verb);

named("CertificateRequest", CertificateRequest);
named("CertificateAnswer", CertificateAnswer);
named("TokenRequest", TokenRequest);
named("TokenAnswer", TokenAnswer);
named("Heartbeat", Heartbeat);
named("HeartbeatAnswer", HeartbeatAnswer);
named("DesiredState", DesiredState);
named("DesiredExtension", DesiredExtension);
named("DesiredFluxConfiguration", DesiredFluxConfiguration);
named("ReportBatch", ReportBatch);
named("ExtensionReport", ExtensionReport);
named("FluxConfigurationReport", FluxConfigurationReport);
named("ReportAnswer", ReportAnswer);
named("HelmSettings", HelmSettings);

const attaching = "Data plane of attaching";
const tools = helmSettingsPath.slice(0, helmSettingsPath.lastIndexOf("/"));
const versionQuery = z.object({ "api-version": z.string().optional().describe("Not looked at.") });
const trainQuery = versionQuery.extend({
  releaseTrain: z.string().optional().describe("The train of the agents; `stable` unless said."),
});

export const dataPlaneOperations: readonly Operation[] = [
  {
    ...agents,
    id: "Agents_RequestCertificate",
    method: "POST",
    path: pathOf("certificate"),
    summary: "Exchanges a proof made with the onboarding key for the certificate of the cluster's identity.",
    // The proof in the body is what the caller is known by.
    access: { kind: "anyone" },
    body: { schema: CertificateRequest },
    answers: { 200: { description: "The certificate.", schema: CertificateAnswer } },
  },
  {
    ...agents,
    id: "Agents_RequestToken",
    method: "POST",
    path: pathOf("tokens"),
    summary: "Buys a token of an extension's own identity with that of the cluster.",
    body: { schema: TokenRequest },
    answers: { 200: { description: "The token.", schema: TokenAnswer } },
  },
  {
    ...agents,
    id: "Agents_Heartbeat",
    method: "POST",
    path: pathOf("heartbeat"),
    summary: "Says that the cluster lives, and what it looks like.",
    body: { schema: Heartbeat },
    answers: { 200: { description: "It is known.", schema: HeartbeatAnswer } },
  },
  {
    ...agents,
    id: "Agents_HeartbeatStream",
    method: "GET",
    path: pathOf("heartbeat-stream"),
    summary:
      "Opens a WebSocket on which heartbeats go up as text messages, each answered before the next, with what POST heartbeat answers.",
    answers: { 101: { description: "The connection is a WebSocket from here on." } },
  },
  {
    ...agents,
    id: "Agents_GetDesiredState",
    method: "GET",
    path: pathOf("desired-state"),
    summary: "What the agents are to bring about, as far as it changed.",
    query: z.object({
      since: z.coerce.number().int().min(0).optional().describe("The generation that is known already."),
    }),
    headers: z.object({ "if-none-match": z.string().optional().describe("The ETag of the last answer.") }),
    answers: { 200: { description: "What changed.", schema: DesiredState }, 304: { description: "Nothing changed." } },
  },
  {
    ...agents,
    id: "Agents_Notifications",
    method: "GET",
    path: pathOf("notifications"),
    summary: "A stream of server-sent events that says when the desired state changed.",
    answers: {
      200: {
        description: "Events named `generation`, without end.",
        schema: z.string(),
        mediaType: "text/event-stream",
      },
    },
  },
  {
    ...agents,
    id: "Agents_Report",
    method: "POST",
    path: pathOf("reports"),
    summary: "Says how far the cluster got. Sending a report again changes nothing.",
    body: { schema: ReportBatch, example: { reports: [] } },
    answers: { 200: { description: "They are known.", schema: ReportAnswer } },
  },
  {
    id: "HelmSettings_HealthCheck",
    area: attaching,
    method: "POST",
    path: `${tools}/healthCheck`,
    summary: "Says that the data plane answers.",
    access: { kind: "authenticated" },
    query: versionQuery,
    answers: { 200: { description: "It does.", schema: z.object({}) } },
  },
  {
    id: "HelmSettings_Get",
    area: attaching,
    method: "POST",
    path: helmSettingsPath,
    summary: "Which chart of the agents to install on a connected cluster, with which values.",
    access: { kind: "action", action: `${fullType(connectedCluster)}/read`, at: "the connected cluster in the body" },
    query: trainQuery,
    body: {
      schema: named(
        "HelmSettingsRequest",
        z.looseObject({ id: z.string().max(2048).describe("The id of the connected cluster; all else is ignored.") }),
      ),
    },
    answers: { 200: { description: "The chart and its values.", schema: HelmSettings } },
  },
  {
    id: "HelmSettings_GetLatestPackagePath",
    area: attaching,
    method: "POST",
    path: `${tools}/GetLatestHelmPackagePath`,
    summary: "Where the newest chart of the agents is.",
    access: { kind: "authenticated" },
    query: trainQuery,
    answers: { 200: { description: "The place.", schema: z.object({ repositoryPath: z.string() }) } },
  },
];
