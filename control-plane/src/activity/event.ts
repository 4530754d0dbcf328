/** An event of the activity log on its way into the database. Bodies, headers and queries of requests are not in it. */
import { randomBytes } from "node:crypto";
import { STATUS_CODES } from "node:http";
import { z } from "zod";
import type { ActivityLogTable } from "../db/activity-tables.ts";
import type { Caller } from "../identity/caller.ts";

/** What the log keeps of a request. */
export const HttpRequestInfo = z.object({
  clientRequestId: z.string(),
  clientIpAddress: z.string(),
  method: z.string(),
  /** Without the query. */
  uri: z.string(),
});
export type HttpRequestInfo = z.infer<typeof HttpRequestInfo>;

/** The columns that are only shown. */
export const ActivityDetail = z.object({
  principalId: z.string(),
  appId: z.string(),
  tenantId: z.string(),
  callerKind: z.string(),
  operationId: z.string(),
  httpStatus: z.int(),
  http: HttpRequestInfo.optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type ActivityDetail = z.infer<typeof ActivityDetail>;

export interface ActivityEvent {
  readonly resourceId: string;
  /** `Microsoft.Kubernetes/connectedClusters/write`. */
  readonly action: string;
  readonly status: ActivityLogTable["status"];
  readonly httpStatus: number;
  readonly caller: Caller;
  readonly correlationId: string;
  /** What ties the beginning and the end of an operation together. */
  readonly operationId: string;
  readonly http?: HttpRequestInfo | undefined;
  readonly error?: { readonly code: string; readonly message: string };
}

const maxMessageLength = 1000;

export function toActivityRow(event: ActivityEvent, now: Date): ActivityLogTable {
  const { caller, error } = event;
  const detail: ActivityDetail = {
    principalId: caller.principalId,
    appId: caller.appId,
    tenantId: caller.tenantId,
    callerKind: caller.kind,
    operationId: event.operationId,
    httpStatus: event.httpStatus,
    ...(event.http === undefined ? {} : { http: event.http }),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message.slice(0, maxMessageLength) } }),
  };
  return {
    subscription_key: subscriptionKeyOf(event.resourceId),
    event_id: newEventId(now.toISOString()),
    resource_key: event.resourceId.toLowerCase(),
    resource_id: event.resourceId,
    operation_name: event.action,
    status: event.status,
    sub_status: subStatusOf(event.httpStatus),
    caller: caller.kind === "User" ? caller.name : caller.principalId,
    correlation_id: event.correlationId,
    detail: JSON.stringify(detail),
  };
}

/** The event at the end of an operation, made of the row at its beginning. */
export function toEndRow(
  begun: ActivityLogTable,
  end: { readonly status: "Succeeded" | "Failed"; readonly at: string; readonly error?: ActivityDetail["error"] },
): ActivityLogTable {
  const { error: _, ...before } = ActivityDetail.parse(JSON.parse(begun.detail));
  const httpStatus = end.status === "Succeeded" ? 200 : 409;
  const error = end.error && { ...end.error, message: end.error.message.slice(0, maxMessageLength) };
  const detail: ActivityDetail = { ...before, httpStatus, ...(error === undefined ? {} : { error }) };
  return {
    ...begun,
    event_id: newEventId(end.at),
    status: end.status,
    sub_status: end.status === "Succeeded" ? subStatusOf(httpStatus) : "",
    detail: JSON.stringify(detail),
  };
}

const newEventId = (time: string): string => `${time}-${randomBytes(6).toString("hex")}`;

/** `OK`, `Created`, `Conflict`: how the log spells HTTP statuses. */
const subStatusOf = (status: number): string => (STATUS_CODES[status] ?? "").replaceAll(/[^A-Za-z]/g, "");

const subscriptionKeyOf = (id: string): string => id.toLowerCase().split("/").slice(0, 3).join("/");
