import type { ResourceDefinition } from "@arcfleet/contract";
import type { ResourceRow } from "../db/resources.ts";
import { type JsonObject, readJsonColumn } from "../json.ts";
import { hooksOf } from "../resources/hooks.ts";
import type { Services } from "../services.ts";
import { presentEnvelope } from "./envelope.ts";
import { shownIn } from "./version-view.ts";

/**
 * Writes a resource as every verb answers it.
 * @param apiVersion whose properties are shown; all of them when it is absent
 */
export function presentResource(
  services: Services,
  definition: ResourceDefinition,
  row: ResourceRow,
  apiVersion?: string,
): JsonObject {
  const properties = readJsonColumn(row.properties);
  const reported = row.output === "{}" ? {} : readJsonColumn(row.output);
  const extra = hooksOf(definition).present?.(services, properties, row) ?? {};
  return shownIn(definition, apiVersion, {
    ...presentHead(definition, row),
    ...(row.principal_id === null
      ? {}
      : { identity: { type: "SystemAssigned", principalId: row.principal_id, tenantId: services.tenantId } }),
    ...presentEnvelope(definition, row),
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
  });
}

/** The columns that say which resource it is. */
export type HeadRow = Pick<ResourceRow, (typeof headColumns)[number]>;
export const headColumns = ["key", "id", "name", "type", "group_key", "location", "tags"] as const;

/** Its beginning, which needs no more than these. */
export const presentHead = (definition: ResourceDefinition, row: HeadRow): JsonObject => ({
  id: row.id,
  name: row.name,
  type: definition.typeField,
  ...(definition.tracked ? { location: row.location, tags: readJsonColumn(row.tags) } : {}),
});
