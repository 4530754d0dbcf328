import type { ActivityLogTable } from "../db/activity-tables.ts";
import type { JsonObject } from "../json.ts";
import { ActivityDetail } from "./event.ts";

const localizable = (value: string, localizedValue = value) => ({ value, localizedValue });

/** An event as `Microsoft.Insights/eventtypes` shows it. */
export function presentActivity(row: ActivityLogTable, subscriptionId: string): JsonObject {
  const detail = ActivityDetail.parse(JSON.parse(row.detail));
  const eventTimestamp = row.event_id.slice(0, row.event_id.lastIndexOf("-"));
  const [, , , , resourceGroupName = ""] = row.resource_id.split("/");
  const type = row.operation_name.slice(0, row.operation_name.lastIndexOf("/"));
  const isFailure = row.status === "Failed";
  return {
    authorization: { action: row.operation_name, scope: row.resource_id },
    caller: row.caller,
    channels: "Operation",
    claims: { appid: detail.appId, oid: detail.principalId, tid: detail.tenantId, idtyp: detail.callerKind },
    correlationId: row.correlation_id,
    description: "",
    eventDataId: row.event_id,
    eventName:
      row.status === "Accepted"
        ? localizable("BeginRequest", "Begin request")
        : localizable("EndRequest", "End request"),
    category: localizable("Administrative"),
    ...(detail.http === undefined ? {} : { httpRequest: detail.http }),
    id: `${row.resource_id}/events/${row.event_id}`,
    level: isFailure ? "Error" : "Informational",
    resourceGroupName,
    resourceProviderName: localizable(row.operation_name.split("/")[0] ?? ""),
    resourceId: row.resource_id,
    resourceType: localizable(type),
    operationId: detail.operationId,
    operationName: localizable(row.operation_name),
    properties: {
      eventCategory: "Administrative",
      entity: row.resource_id,
      message: row.operation_name,
      hierarchy: subscriptionId,
      statusCode: row.sub_status,
      ...(detail.error === undefined ? {} : { statusMessage: JSON.stringify({ error: detail.error }) }),
    },
    status: localizable(row.status),
    subStatus: localizable(
      row.sub_status,
      row.sub_status === "" ? "" : `${row.sub_status} (HTTP Status Code: ${detail.httpStatus})`,
    ),
    eventTimestamp,
    submissionTimestamp: eventTimestamp,
    subscriptionId,
    tenantId: detail.tenantId,
  };
}

/** The members that `$select` names; all of them when it names none. */
export function selectMembers(event: JsonObject, select: string | undefined): JsonObject {
  const names = (select ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  if (names.length === 0) return event;
  return Object.fromEntries(Object.entries(event).filter(([key]) => names.includes(key.toLowerCase())));
}
