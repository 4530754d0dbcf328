/** The part that PUT and PATCH share: bring a resource to what the client wants, in the transaction that is open. */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { isTerminal } from "@arcfleet/contract";
import { recordOperation } from "../activity/record-operation.ts";
import { type NewOperation, runningOperation } from "../db/operations.ts";
import type { OperationsTable } from "../db/resource-tables.ts";
import { insertResource, type ResourceRow, updateResource, writeTags } from "../db/resources.ts";
import type { Tx } from "../db/store.ts";
import { bumpGeneration } from "../desired/generation.ts";
import { DomainError } from "../errors.ts";
import { type JsonObject, readJsonColumn } from "../json.ts";
import { hooksOf } from "../resources/hooks.ts";
import type { ResourceHooks } from "../resources/resource-hooks.ts";
import type { Services } from "../services.ts";
import { requireRegistered } from "./registrations.ts";
import { openSecrets, sealSecrets } from "./sealed-secrets.ts";
import { splitSecrets } from "./secret-values.ts";
import { tagsOf } from "./tag-changes.ts";
import type { VerbAnswer, VerbRequest } from "./verb.ts";
import { patchIn } from "./version-view.ts";

/** What the client wants, checked. */
export interface Wanted {
  readonly tags: Readonly<Record<string, string>>;
  readonly location: string | null;
  /** What the type has beside its properties; of a change absent, because it never changes. */
  readonly envelope?: JsonObject;
  readonly properties: JsonObject;
  readonly rawProperties: JsonObject;
  /** What the type's hook made of it. */
  readonly resolved: JsonObject | null;
}

export async function createResource(
  services: Services,
  tx: Tx,
  request: VerbRequest,
  wanted: Wanted,
  id: string,
): Promise<VerbAnswer> {
  const { target, caller, correlationId } = request;
  const { definition } = target;
  const hooks = hooksOf(definition);
  const { properties, secrets } = splitSecrets({
    paths: definition.secrets,
    properties: wanted.properties,
    raw: wanted.rawProperties,
    stored: {},
  });
  const saved = { key: target.key, id, properties, resolved: wanted.resolved };
  const now = services.clock.now().toISOString();
  // Together: what is refused leaves no trace, and each wait for the database counts.
  const [generation, identity] = await Promise.all([
    target.parentKey === undefined ? 0 : bumpGeneration(tx, target.parentKey),
    definition.hasIdentity ? services.identities.ensureIdentity(tx, id) : undefined,
    requireRegistered(tx, target.subscriptionKey, definition.namespace),
    hooks.beforeSave?.(services, tx, saved, caller),
  ]);
  const author = { by: caller.appId, type: caller.kind };
  const row: ResourceRow = {
    key: target.key,
    id,
    name: target.name,
    type: typeKeyOf(definition),
    subscription_key: target.subscriptionKey,
    group_key: target.groupKey,
    parent_key: target.parentKey ?? null,
    location: wanted.location,
    tags: JSON.stringify(wanted.tags),
    envelope: Object.keys(wanted.envelope ?? {}).length === 0 ? null : JSON.stringify(wanted.envelope),
    properties: JSON.stringify(properties),
    output: JSON.stringify(hooks.outputAfterWrite?.({}) ?? {}),
    resolved: wanted.resolved === null ? null : JSON.stringify(wanted.resolved),
    secrets: sealSecrets(services, target.key, secrets),
    state: definition.states.creating,
    etag: newEtag(),
    generation,
    principal_id: identity?.principalId ?? null,
    correlation_id: correlationId,
    created_at: now,
    created_by: author.by,
    created_by_type: author.type,
    modified_at: now,
    modified_by: author.by,
    modified_by_type: author.type,
    ...noStatus,
  };
  const operation = newOperation(request, row, "put", now);
  const { key_hash: _1, last_connectivity: _2, certificate_expires: _3, metadata: _4, moved_to: _5, ...columns } = row;
  await Promise.all([
    insertResource(tx, columns),
    writeTags(tx, target.key, {}, wanted.tags),
    hooks.afterCreate?.(tx, saved),
    recordOperation(services, tx, operation, request, 201),
  ]);
  return { outcome: "created", row, operation, generation, isRecorded: true };
}

export async function updateExisting(
  services: Services,
  tx: Tx,
  request: VerbRequest,
  wanted: Wanted,
  existing: ResourceRow,
  kind: "put" | "patch",
): Promise<VerbAnswer> {
  const { target, caller, correlationId } = request;
  const { definition } = target;
  const hooks = hooksOf(definition);
  const stored = openSecrets(services, existing);
  const { properties, secrets } = splitSecrets({
    paths: definition.secrets,
    properties: wanted.properties,
    raw: wanted.rawProperties,
    stored,
  });
  const propertiesText = JSON.stringify(properties);
  const tagsText = JSON.stringify(wanted.tags);
  const isSameTags = tagsText === existing.tags || isDeepStrictEqual(wanted.tags, readJsonColumn(existing.tags));
  const isSame =
    isSameTags &&
    isSameProperties(propertiesText, existing, hooks) &&
    isDeepStrictEqual(secrets, stored) &&
    (isSameResolved(wanted.resolved, existing) || hooks.followsCheck?.(properties) === false);
  if (isSame && existing.state !== "Failed" && existing.state !== "Canceled") {
    const operation = isTerminal(existing.state) ? undefined : await runningOperation(tx, target.key);
    return { outcome: "ok", row: existing, ...(operation ? { operation } : {}) };
  }

  const saved = { key: target.key, id: existing.id, properties, resolved: wanted.resolved };
  const now = services.clock.now().toISOString();
  const [generation] = await Promise.all([
    target.parentKey === undefined ? 0 : bumpGeneration(tx, target.parentKey),
    hooks.beforeSave?.(services, tx, saved, caller),
  ]);
  const output = readJsonColumn(existing.output);
  const changes = {
    tags: tagsText,
    properties: propertiesText,
    output: JSON.stringify(hooks.outputAfterWrite?.(output) ?? output),
    resolved: wanted.resolved === null ? null : JSON.stringify(wanted.resolved),
    secrets: sealSecrets(services, target.key, secrets),
    // While the first installation has not ended the resource is still being created, however often it is changed.
    state: existing.state === definition.states.creating ? existing.state : definition.states.updating,
    etag: newEtag(),
    generation,
    correlation_id: correlationId,
    modified_at: now,
    modified_by: caller.appId,
    modified_by_type: caller.kind,
  };
  const row: ResourceRow = { ...existing, ...changes };
  const operation = newOperation(request, row, kind, now);
  const outcome = kind === "patch" && patchIn(definition, request.apiVersion).isAsync ? "accepted" : "ok";
  await Promise.all([
    updateResource(tx, target.key, changes),
    writeTags(tx, target.key, tagsOf(existing), wanted.tags),
    hooks.afterUpdate?.(tx, saved),
    recordOperation(services, tx, operation, request, outcome === "accepted" ? 202 : 200),
  ]);
  return { outcome, row, operation, generation, isRecorded: true };
}

const noStatus = { key_hash: null, last_connectivity: null, certificate_expires: null, metadata: null, moved_to: null };

const newEtag = (): string => `"${randomUUID()}"`;

const typeKeyOf = (definition: VerbRequest["target"]["definition"]): string =>
  `${definition.namespace}/${definition.type}`.toLowerCase();

/** A new operation; one whose resource is final at once has ended when it begins, so that pollers need one look. */
export function newOperation(
  request: VerbRequest,
  row: Pick<ResourceRow, "key" | "id" | "state" | "generation">,
  kind: OperationsTable["kind"],
  now: string,
): NewOperation {
  const hasEnded = isTerminal(row.state);
  return {
    id: randomUUID(),
    resource_key: row.key,
    resource_id: row.id,
    kind,
    status: hasEnded ? "Succeeded" : "InProgress",
    generation: row.generation,
    error: null,
    correlation_id: request.correlationId,
    started_at: now,
    ended_at: hasEnded ? now : null,
  };
}

function isSameProperties(text: string, existing: ResourceRow, hooks: ResourceHooks): boolean {
  if (text === existing.properties) return true;
  const comparable = (properties: JsonObject): JsonObject => hooks.comparable?.(properties) ?? properties;
  // Through JSON once more, because an `undefined` member and an absent one are the same to the database.
  return isDeepStrictEqual(comparable(readJsonColumn(text)), comparable(readJsonColumn(existing.properties)));
}

const isSameResolved = (resolved: JsonObject | null, existing: ResourceRow): boolean =>
  isDeepStrictEqual(resolved, existing.resolved === null ? null : readJsonColumn(existing.resolved));

/** Values below the given paths that the client left out; they stay what they were instead of becoming the default. */
export function keepFixed(createOnly: readonly string[], raw: JsonObject, existing: ResourceRow): JsonObject {
  const stored = readJsonColumn(existing.properties);
  const kept = createOnly
    .filter((path) => raw[path] === undefined || raw[path] === null)
    .map((path) => [path, stored[path]]);
  return { ...raw, ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)) };
}

/** Refuses another value for what is fixed at creation. */
export function checkFixed(request: VerbRequest, properties: JsonObject, existing: ResourceRow): void {
  const { definition, name } = request.target;
  const stored = readJsonColumn(existing.properties);
  for (const path of definition.createOnly) {
    if (fixedForm(properties[path]) === fixedForm(stored[path])) continue;
    throw new DomainError(
      "PropertyChangeNotAllowed",
      `'${path}' of the ${definition.singular} '${name}' is fixed at creation: it is ${JSON.stringify(stored[path])} and cannot become ${JSON.stringify(properties[path])}. Delete the ${definition.singular} and create it again.`,
      { target: `properties.${path}` },
    );
  }
}

/** Names of types and namespaces are compared without regard to case. */
const fixedForm = (value: unknown): string => (JSON.stringify(value) ?? "").toLowerCase();
