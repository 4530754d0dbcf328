/** `authorizationresources`: who was given which role where, and what the roles are. */
import { presentAssignment } from "../../authorization/role-assignment-routes.ts";
import type { RoleDefinition } from "../../authorization/role-definition.ts";
import { presentRole } from "../../authorization/role-definition-routes.ts";
import type { Caller } from "../../identity/caller.ts";
import type { JsonObject } from "../../json.ts";
import type { Services } from "../../services.ts";
import type { Table, TableRow } from "../run/tables.ts";
import { cellOf, columns } from "./columns.ts";
import { visibleTo } from "./visible.ts";

const pageSize = 200;

/** Assignments come before definitions, as their types do in the alphabet. */
const prefixes = { assignment: "a ", definition: "d " };

export const authorizationTable = (services: Services, caller: Caller): Table => ({
  columns,
  async *scan({ after = "" }) {
    if (!after.startsWith(prefixes.definition))
      yield* assignments(services, caller, after.slice(prefixes.assignment.length));
    yield (await definitions(services, caller)).filter(({ key }) => key > after);
  },
});

async function* assignments(services: Services, caller: Caller, begin: string): AsyncGenerator<readonly TableRow[]> {
  const visible = await visibleTo(services, caller, "Microsoft.Authorization/roleAssignments/read");
  for (let after = begin; ; ) {
    const rows = await services.store.read
      .selectFrom("role_assignments")
      .selectAll()
      .where("key", ">", after)
      .orderBy("key")
      .limit(pageSize)
      .execute();
    yield rows
      .filter((row) => visible.includes(row.scope_key))
      .map((row) => rowOf(services, prefixes.assignment + row.key, presentAssignment(services, row)));
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    after = last.key;
  }
}

async function definitions(services: Services, caller: Caller): Promise<readonly TableRow[]> {
  const visible = await visibleTo(services, caller, "Microsoft.Authorization/roleDefinitions/read");
  const isVisible = ({ custom }: RoleDefinition): boolean =>
    custom === undefined
      ? visible.scopes?.size !== 0
      : custom.assignableScopes.some((scope) => visible.includes(scope.toLowerCase()));
  const scope = `/subscriptions/${services.subscriptionId}`;
  return (await services.roles.list())
    .filter(isVisible)
    .map((role) => rowOf(services, prefixes.definition + role.id, presentRole(scope, role)))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}

function rowOf({ tenantId, subscriptionId }: Services, key: string, presented: JsonObject): TableRow {
  const shown = { ...presented, type: String(presented.type).toLowerCase(), tenantId, subscriptionId };
  return { key, read: (column) => cellOf(shown, column) };
}
