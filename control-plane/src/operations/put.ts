import { childId } from "../arm/target.ts";
import { loadResource, loadResourceGroup, type ResourceGroupRow, type ResourceRow } from "../db/resources.ts";
import type { Tx } from "../db/store.ts";
import { DomainError } from "../errors.ts";
import { type JsonObject, readJsonColumn } from "../json.ts";
import { hooksOf } from "../resources/hooks.ts";
import type { Services } from "../services.ts";
import { checkEnvelope } from "./envelope.ts";
import { parseProperties, parsePut } from "./parse-body.ts";
import { checkPreconditions, refuseWhileDeleting, type VerbAnswer, type VerbRequest } from "./verb.ts";
import { dependsOnStored } from "./version-view.ts";
import { checkFixed, createResource, keepFixed, updateExisting, type Wanted } from "./write-resource.ts";

/** PUT: creates the resource or replaces what a client may write of it. */
export async function put(services: Services, request: VerbRequest): Promise<VerbAnswer> {
  const { definition } = request.target;
  checkName(request);
  // Most requests are written at once; one of an older api-version is read again when the record changed meanwhile.
  for (;;) {
    const seen = await seenBefore(services, request);
    const body = parsePut(definition, request.body, { apiVersion: request.apiVersion, stored: seen?.stored });
    const resolved = (await hooksOf(definition).check?.(services, body.properties, services.store.read)) ?? null;
    const answer = await services.store.write((tx) =>
      putInTransaction(services, tx, request, { ...body, resolved }, seen),
    );
    if (answer === undefined) continue;
    announce(services, request, answer);
    return answer;
  }
}

interface Seen {
  readonly etag: string | undefined;
  readonly stored: JsonObject | undefined;
}

/** The record, where what the request means depends on it. */
async function seenBefore(services: Services, { target, apiVersion }: VerbRequest): Promise<Seen | undefined> {
  if (!dependsOnStored(target.definition, apiVersion)) return undefined;
  const row = await loadResource(services.store.read, target.key);
  if (!row) return { etag: undefined, stored: undefined };
  return {
    etag: row.etag,
    stored: { ...readJsonColumn(row.envelope), properties: readJsonColumn(row.properties) },
  };
}

/** Undefined when the record is not as it was seen any more. */
async function putInTransaction(
  services: Services,
  tx: Tx,
  request: VerbRequest,
  wanted: Wanted,
  seen: Seen | undefined,
): Promise<VerbAnswer | undefined> {
  const { target } = request;
  const [existing, group, parent] = await Promise.all([
    loadResource(tx, target.key),
    loadResourceGroup(tx, target.groupKey),
    target.parentKey === undefined ? undefined : loadResource(tx, target.parentKey),
  ]);
  checkHolders(request, group, parent);
  checkPreconditions(request, existing);
  if (seen !== undefined && seen.etag !== existing?.etag) return undefined;
  if (!existing) {
    const id = childId(parent?.id ?? group.id, target.definition, target.name);
    return createResource(services, tx, request, wanted, id);
  }
  refuseWhileDeleting(target, existing);
  if (existing.location !== wanted.location) {
    throw new DomainError(
      "InvalidResourceLocation",
      `The ${target.definition.singular} '${target.name}' exists in '${existing.location}' and cannot be moved to '${wanted.location}'. Delete it first, or use another name.`,
      { target: "location" },
    );
  }
  checkEnvelope(target.definition, target.name, wanted.envelope ?? {}, existing);
  const raw = keepFixed(target.definition.createOnly, wanted.rawProperties, existing);
  const properties = parseProperties(target.definition, raw);
  checkFixed(request, properties, existing);
  return updateExisting(services, tx, request, { ...wanted, properties, rawProperties: raw }, existing, "put");
}

/** What follows the commit: the cluster's agents are told, if the write changed what they should bring about, and the type's hook runs. */
export function announce(services: Services, request: VerbRequest, answer: VerbAnswer): void {
  const { definition, key } = request.target;
  if (answer.row !== undefined) hooksOf(definition).afterCommit?.(services, key);
  const cluster = answer.keeper ?? request.target.parentKey;
  if (cluster !== undefined && answer.generation) services.generations.announce(cluster, answer.generation);
}

function checkName({ target: { definition, name } }: VerbRequest): void {
  if (definition.name.pattern.test(name)) return;
  throw new DomainError(
    "InvalidResourceName",
    `'${name}' is not a name for a ${definition.singular}: it must be ${definition.name.rule}.`,
  );
}

function checkHolders(
  { target }: VerbRequest,
  group: ResourceGroupRow | undefined,
  parent: ResourceRow | undefined,
): asserts group is ResourceGroupRow {
  if (!group) {
    throw new DomainError(
      "ResourceGroupNotFound",
      `Resource group '${target.groupName}' could not be found. Create it first.`,
    );
  }
  if (group.state === "Deleting") {
    throw new DomainError(
      "ResourceGroupBeingDeleted",
      `The resource group '${group.name}' is being deleted. Wait until it is gone and create it again, or use another one.`,
    );
  }
  if (target.parentKey === undefined) return;
  if (!parent) {
    throw new DomainError(
      "ParentResourceNotFound",
      `The ${target.definition.singular} '${target.name}' belongs to a ${target.definition.parent?.singular} that does not exist: '${target.parentKey}'. Create that first.`,
    );
  }
  refuseWhileDeleting(
    { ...target, definition: target.definition.parent ?? target.definition, name: parent.name },
    parent,
  );
}
