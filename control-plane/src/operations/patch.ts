import { loadResource, type ResourceRow } from "../db/resources.ts";
import type { Tx } from "../db/store.ts";
import { invalidContent } from "../errors.ts";
import { isJsonObject, type JsonObject, readJsonColumn } from "../json.ts";
import { hooksOf } from "../resources/hooks.ts";
import type { Services } from "../services.ts";
import { mergePatch, pickFields } from "./merge-patch.ts";
import { parseProperties, parseTags, requireObject } from "./parse-body.ts";
import { announce } from "./put.ts";
import { tagsOf } from "./tag-changes.ts";
import { checkPreconditions, notFound, refuseWhileDeleting, type VerbAnswer, type VerbRequest } from "./verb.ts";
import { checkValues, patchIn, readIn } from "./version-view.ts";
import { updateExisting, type Wanted } from "./write-resource.ts";

/** PATCH: a JSON merge patch of the fields that the type allows; tags are replaced as a whole, as everywhere in ARM. */
export async function patch(services: Services, request: VerbRequest): Promise<VerbAnswer> {
  const { target } = request;
  const body = requireObject(target.definition, request.body);
  const answer = await services.store.write(async (tx) => patchInTransaction(services, tx, request, body));
  announce(services, request, answer);
  return answer;
}

async function patchInTransaction(
  services: Services,
  tx: Tx,
  request: VerbRequest,
  body: JsonObject,
): Promise<VerbAnswer> {
  const { target } = request;
  const existing = await loadResource(tx, target.key);
  if (!existing) throw notFound(target);
  checkPreconditions(request, existing);
  refuseWhileDeleting(target, existing);
  const wanted = await merge(services, tx, request, body, existing);
  return updateExisting(services, tx, request, wanted, existing, "patch");
}

async function merge(
  services: Services,
  tx: Tx,
  { target: { definition }, apiVersion }: VerbRequest,
  body: JsonObject,
  existing: ResourceRow,
): Promise<Wanted> {
  const given = body.properties ?? {};
  if (!isJsonObject(given)) throw invalidContent("'properties' must be a JSON object.");
  const hooks = hooksOf(definition);
  const { fields } = patchIn(definition, apiVersion);
  checkValues(definition, apiVersion, body, { properties: readJsonColumn(existing.properties) });
  const allowed = pickFields(readIn(definition, apiVersion, given), fields);
  const raw = mergePatch(readJsonColumn(existing.properties), hooks.preparePatch?.(allowed) ?? allowed);
  const rawProperties = isJsonObject(raw) ? raw : {};
  const properties = parseProperties(definition, rawProperties);
  const hasTags = fields.includes("tags") && body.tags !== undefined;
  return {
    // What is there already was checked by the rules of its time.
    tags: hasTags ? parseTags(body.tags) : tagsOf(existing),
    location: existing.location,
    properties,
    rawProperties,
    resolved: (await hooks.check?.(services, properties, tx)) ?? null,
  };
}
