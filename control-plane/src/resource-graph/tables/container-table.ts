/** `resourcecontainers`: the subscription and its resource groups. */
import { resourceKey } from "@arcfleet/contract";
import type { Caller } from "../../identity/caller.ts";
import { readJsonColumn } from "../../json.ts";
import type { Services } from "../../services.ts";
import type { Table, TableRow } from "../run/tables.ts";
import { cellOf, columns } from "./columns.ts";
import { visibleTo } from "./visible.ts";

const pageSize = 200;
const types = {
  subscription: "microsoft.resources/subscriptions",
  group: "microsoft.resources/subscriptions/resourcegroups",
};

export const containerTable = (services: Services, caller: Caller): Table => ({
  columns,
  async *scan({ after = "" }) {
    const scope = `/subscriptions/${services.subscriptionId}`;
    const subscription = await visibleTo(services, caller, "Microsoft.Resources/subscriptions/read");
    // The subscription's key is the beginning of all the others.
    const key = resourceKey(scope);
    if (after === "" && subscription.includes(key)) yield [subscriptionRow(services, scope, key)];
    yield* groups(services, caller, key, after > key ? after : key);
  },
});

function subscriptionRow({ subscriptionId, tenantId }: Services, id: string, key: string): TableRow {
  const shown = {
    id,
    name: "arcfleet",
    type: types.subscription,
    tenantId,
    subscriptionId,
    properties: { state: "Enabled", managedByTenants: [] },
  };
  return { key, read: (column) => cellOf(shown, column) };
}

async function* groups(
  services: Services,
  caller: Caller,
  subscriptionKey: string,
  begin: string,
): AsyncGenerator<readonly TableRow[]> {
  const action = "Microsoft.Resources/subscriptions/resourceGroups/read";
  const { store, subscriptionId, tenantId } = services;
  const visible = await visibleTo(services, caller, action);
  for (let after = begin; ; ) {
    const rows = await store.read
      .selectFrom("resource_groups")
      .selectAll()
      .where("subscription_key", "=", subscriptionKey)
      .where("key", ">", after)
      .orderBy("key")
      .limit(pageSize)
      .execute();
    yield rows
      .filter(({ key }) => visible.includes(key))
      .map((row) => {
        const shown = {
          id: row.id,
          name: row.name,
          type: types.group,
          tenantId,
          subscriptionId,
          resourceGroup: row.name.toLowerCase(),
          location: row.location,
          managedBy: row.managed_by,
          tags: readJsonColumn(row.tags),
          properties: { provisioningState: row.state },
        };
        return { key: row.key, read: (column: string) => cellOf(shown, column) };
      });
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    after = last.key;
  }
}
