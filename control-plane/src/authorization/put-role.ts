import { z } from "zod";
import { groupId } from "../arm/target.ts";
import type { RoleDefinitionsTable } from "../db/identity-tables.ts";
import type { Store, Tx } from "../db/store.ts";
import { DomainError, invalid, invalidContent } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import type { Services } from "../services.ts";
import { findBuiltInRole } from "./built-in-roles.ts";
import { scopeIncludes, scopeKey } from "./permits.ts";
import type { RoleDefinition } from "./role-definition.ts";
import { toRole } from "./roles.ts";
import { namespace, requireScope } from "./scope-routes.ts";

const MAX_CUSTOM_ROLES = 1000;

/** A few words with `*` among them, as actions are written; no more than a role could ever need. */
const Action = z
  .string()
  .max(512)
  .regex(
    /^(\*|[\w.*-]+(\/[\w.*-]+)+)$/,
    "an action is like Microsoft.Kubernetes/connectedClusters/read, or holds * for any text",
  );
const Actions = z.array(Action).max(2048).nullish();

export const RoleBody = z.object({
  properties: z.object({
    roleName: z.string().trim().min(1).max(512),
    description: z.string().max(2048).nullish(),
    type: z.string().nullish(),
    permissions: z
      .array(
        z.object({
          actions: Actions,
          notActions: Actions,
          dataActions: Actions,
          notDataActions: Actions,
          condition: z.string().nullish(),
        }),
      )
      .length(1, "a role has exactly one entry of permissions"),
    assignableScopes: z.array(z.string().max(2048)).min(1).max(2000),
  }),
});

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const isGroupOf = /^\/subscriptions\/([^/]+)(?:\/resourcegroups\/([^/]+))?\/?$/i;

export interface RoleRequest {
  readonly name: string;
  readonly scope: string;
  readonly caller: Caller;
}

/** Creates a custom role or changes it. The caller must be allowed to at every scope where the role may or might be assigned. */
export async function putRole(
  services: Services,
  { name, scope, caller, body }: RoleRequest & { readonly body: unknown },
): Promise<RoleDefinition> {
  const id = customId(name);
  const wanted = parseRole(services, scope, body);
  const scopes = JSON.stringify(wanted.assignableScopes);
  for (const each of wanted.assignableScopes) {
    await services.authorize(caller, `${namespace}/roleDefinitions/write`, each);
  }
  const present = await find(services.store.read, id);
  for (const each of present?.custom?.assignableScopes ?? []) {
    await services.authorize(caller, `${namespace}/roleDefinitions/write`, each);
  }
  for (const each of wanted.assignableScopes) {
    await requireScope(services.store.read, services.subscriptionId, each);
  }

  const now = services.clock.now().toISOString();
  const result = await services.store.write(async (tx) => {
    const existing = await find(tx, id);
    // What was authorised above is what is changed here.
    if (JSON.stringify(existing?.custom?.assignableScopes) !== JSON.stringify(present?.custom?.assignableScopes)) {
      throw new DomainError("PreconditionFailed", `The role '${name}' was changed meanwhile. Repeat the request.`);
    }
    await refuseSameName(tx, id, wanted.roleName);
    if (existing === undefined) await refuseTooMany(tx);
    else await refuseScopesInUse(tx, id, wanted);
    const row: RoleDefinitionsTable = {
      id,
      role_name: wanted.roleName,
      name_key: wanted.roleName.toLowerCase(),
      description: wanted.description,
      permissions: JSON.stringify(wanted.permissions),
      assignable_scopes: scopes,
      created_at: existing?.custom?.createdOn ?? now,
      created_by: existing?.custom?.createdBy ?? caller.principalId,
      updated_at: now,
      updated_by: caller.principalId,
    };
    const { id: _, ...changes } = row;
    await tx
      .insertInto("role_definitions")
      .values(row)
      .onConflict((conflict) => conflict.column("id").doUpdateSet(changes))
      .execute();
    return toRole(row);
  });
  services.roles.forget(id);
  return result;
}

/** Removes a custom role that nobody holds; undefined when there is none. */
export async function removeRole(
  services: Services,
  { name, caller }: RoleRequest,
): Promise<RoleDefinition | undefined> {
  const id = customId(name);
  const present = await find(services.store.read, id);
  if (present?.custom === undefined) return undefined;
  for (const each of present.custom.assignableScopes) {
    await services.authorize(caller, `${namespace}/roleDefinitions/delete`, each);
  }
  await services.store.write(async (tx) => {
    const held = await tx
      .selectFrom("role_assignments")
      .select("id")
      .where("role", "=", id)
      .limit(1)
      .executeTakeFirst();
    if (held !== undefined) throw inUse(present.roleName, held.id);
    await tx.deleteFrom("role_definitions").where("id", "=", id).execute();
  });
  services.roles.forget(id);
  return present;
}

function customId(name: string): string {
  if (!guid.test(name)) {
    throw new DomainError("InvalidResourceName", `The name of a role definition must be a GUID; it is '${name}'.`);
  }
  const id = name.toLowerCase();
  const builtIn = findBuiltInRole(id);
  if (builtIn !== undefined) {
    throw invalid(`The role '${builtIn.roleName}' is built in and cannot be changed. Define a role of your own.`);
  }
  return id;
}

async function find(db: Store["read"], id: string): Promise<RoleDefinition | undefined> {
  const row = await db.selectFrom("role_definitions").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toRole(row);
}

function parseRole(services: Services, scope: string, body: unknown) {
  const parsed = RoleBody.safeParse(body);
  if (!parsed.success) throw invalidContent(`The role definition is not valid: ${z.prettifyError(parsed.error)}`);
  const { roleName, description, permissions, assignableScopes, type } = parsed.data.properties;
  if (type && type.toLowerCase() !== "customrole") {
    throw invalid(`A role that is defined here is a CustomRole, not a '${type}'.`, "properties.type");
  }
  const [{ condition, ...lists } = {}] = permissions;
  // To leave a condition out would grant more than was asked for.
  if (condition) throw invalid("Conditions of roles are not supported here.", "properties.permissions");
  const scopes = assignableScopes.map((each) => canonical(services, each));
  if (!scopes.some((each) => scopeIncludes(scopeKey(each), scopeKey(scope)))) {
    throw invalid(
      `The role is defined at '${scope}', so that scope or one above it must be among its assignableScopes.`,
      "properties.assignableScopes",
    );
  }
  return {
    roleName,
    description: description ?? "",
    assignableScopes: [...new Map(scopes.map((each) => [scopeKey(each), each])).values()],
    permissions: {
      actions: lists.actions ?? [],
      notActions: lists.notActions ?? [],
      dataActions: lists.dataActions ?? [],
      notDataActions: lists.notDataActions ?? [],
    },
  };
}

/** As in Azure, a role is assignable at the subscription or at groups of it, not at single resources. */
function canonical({ subscriptionId }: Services, scope: string): string {
  const [, subscription, group] = isGroupOf.exec(scope) ?? [];
  if (subscription?.toLowerCase() === subscriptionId.toLowerCase()) {
    return group === undefined ? `/subscriptions/${subscriptionId}` : groupId(subscriptionId, group);
  }
  throw invalid(
    `'${scope}' cannot be an assignable scope: it must be the subscription '/subscriptions/${subscriptionId}' or a resource group of it.`,
    "properties.assignableScopes",
  );
}

async function refuseSameName(tx: Tx, id: string, roleName: string): Promise<void> {
  const key = roleName.toLowerCase();
  const same = await tx
    .selectFrom("role_definitions")
    .select("id")
    .where("name_key", "=", key)
    .where("id", "!=", id)
    .executeTakeFirst();
  if (same === undefined && findBuiltInRole(roleName, "roleName") === undefined) return;
  throw new DomainError(
    "RoleDefinitionWithSameNameExists",
    `There is a role '${roleName}' already. Choose another name, or change that role${same === undefined ? "" : ` ('${same.id}')`}.`,
  );
}

async function refuseTooMany(tx: Tx): Promise<void> {
  const { count } = await tx
    .selectFrom("role_definitions")
    .select((eb) => eb.fn.countAll().as("count"))
    .executeTakeFirstOrThrow();
  if (Number(count) < MAX_CUSTOM_ROLES) return;
  throw new DomainError(
    "RoleDefinitionLimitExceeded",
    `There are ${MAX_CUSTOM_ROLES} custom roles, which is the limit. Delete one that is not used.`,
  );
}

/** Assignments at a scope that the role is taken from would go on without anybody seeing why. */
async function refuseScopesInUse(
  tx: Tx,
  id: string,
  wanted: { readonly roleName: string; readonly assignableScopes: readonly string[] },
): Promise<void> {
  const held = await tx.selectFrom("role_assignments").select(["id", "scope_key"]).where("role", "=", id).execute();
  const outside = held.find(
    ({ scope_key }) => !wanted.assignableScopes.some((each) => scopeIncludes(scopeKey(each), scope_key)),
  );
  if (outside !== undefined) throw inUse(wanted.roleName, outside.id);
}

const inUse = (roleName: string, assignment: string): DomainError =>
  new DomainError(
    "RoleDefinitionHasAssignments",
    `The role '${roleName}' is assigned there: '${assignment}'. Remove such assignments first.`,
  );
