import type { ResourceDefinition } from "@arcfleet/contract";
import type { ResourceRow } from "../db/resources.ts";
import { type JsonObject, readJsonColumn } from "../json.ts";
import { hooksOf } from "../resources/hooks.ts";
import type { Services } from "../services.ts";

/** Writes a resource as every verb answers it. */
export function presentResource(services: Services, definition: ResourceDefinition, row: ResourceRow): JsonObject {
  const properties = readJsonColumn(row.properties);
  const reported = row.output === "{}" ? {} : readJsonColumn(row.output);
  const extra = hooksOf(definition).present?.(services, properties, row) ?? {};
  return {
    id: row.id,
    name: row.name,
    type: definition.typeField,
    ...(definition.tracked ? { location: row.location, tags: readJsonColumn(row.tags) } : {}),
    ...(row.principal_id === null
      ? {}
      : { identity: { type: "SystemAssigned", principalId: row.principal_id, tenantId: services.tenantId } }),
    etag: row.etag,
    systemData: {
      createdBy: row.created_by,
      createdByType: row.created_by_type,
      createdAt: row.created_at,
      lastModifiedBy: row.modified_by,
      lastModifiedByType: row.modified_by_type,
      lastModifiedAt: row.modified_at,
    },
    properties: { ...properties, ...extra, ...reported, provisioningState: row.state },
  };
}
