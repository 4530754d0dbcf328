/** What supervisors, registries' clients and readers of documents ask: no resources. */
import { z } from "zod";
import type { Operation } from "./operation.ts";
import { named } from "./schemas.ts";

const service = { area: "Service", method: "GET", access: { kind: "anyone" } } as const;
const charts = { area: "Chart registry", method: "GET", access: { kind: "anyone" }, errorForm: "registry" } as const;

/** What the registry refuses with: the form of the OCI distribution specification, not ARM's. */
export const RegistryErrorBody = named(
  "RegistryError",
  z.object({ errors: z.array(z.looseObject({ code: z.string(), message: z.string() })) }),
);

export const serviceOperations: readonly Operation[] = [
  {
    ...service,
    id: "Service_Health",
    path: "/healthz",
    summary: "Says that the process answers.",
    answers: { 200: { description: "It does.", schema: z.looseObject({ status: z.literal("ok") }) } },
  },
  {
    ...service,
    id: "Service_Ready",
    path: "/readyz",
    summary: "Says that the process can serve: its database answers.",
    answers: { 200: { description: "It can.", schema: z.looseObject({ status: z.literal("ready") }) } },
  },
  {
    ...service,
    id: "Service_Metrics",
    path: "/metrics",
    summary: "The metrics, for Prometheus.",
    access: {
      kind: "action",
      action: "Microsoft.Resources/subscriptions/read",
      at: "the subscription; on the port of `--metrics-port` no token is needed",
    },
    answers: { 200: { description: "The metrics.", schema: z.string(), mediaType: "text/plain" } },
  },
  {
    ...service,
    id: "Service_OpenApi",
    path: "/openapi.json",
    summary: "This document.",
    headers: z.object({ "if-none-match": z.string().optional().describe("The ETag of the last answer.") }),
    answers: {
      200: { description: "An OpenAPI 3.1 document.", schema: z.looseObject({ openapi: z.string() }) },
      304: { description: "It is as the caller has it." },
    },
  },
  {
    ...charts,
    id: "Registry_Check",
    path: "/v2",
    summary: "Says that this is a registry.",
    answers: { 200: { description: "It is.", schema: z.object({}) } },
  },
  {
    ...charts,
    id: "Registry_Pull",
    path: "/v2/{path}",
    summary:
      "Pulls charts, as OCI registries hand them out. `{path}` goes on over slashes. Charts of users' own types need a token, as the password of Basic.",
    answers: { 200: { description: "A manifest, a blob or a list of tags.", schema: z.string(), mediaType: "*/*" } },
  },
];
