/** A query from its text to its answer. */
import type { GraphAnswer } from "@arcfleet/contract";
import { DomainError } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import type { Services } from "../services.ts";
import type { Json, ScalarType } from "./language/ast.ts";
import { parseQuery } from "./language/parse-query.ts";
import type { ParsedRequest } from "./query-request.ts";
import { bindQuery } from "./run/bind-query.ts";
import { Budget, type QueryLimits } from "./run/budget.ts";
import { readPage } from "./run/page.ts";
import type { Column } from "./run/scope.ts";
import type { Row } from "./run/stream.ts";
import { toJson } from "./run/values.ts";
import { openPosition, sealPosition } from "./skip-token.ts";
import { openTables } from "./tables/open-tables.ts";

export async function runQuery(
  services: Services,
  caller: Caller,
  request: ParsedRequest,
  limits?: QueryLimits,
): Promise<GraphAnswer> {
  checkScope(services, request);
  const after =
    request.skipToken === undefined ? undefined : openPosition(services, caller, request.query, request.skipToken);
  const budget = new Budget(limits);
  const tables = openTables(services, caller);
  const stream = bindQuery(parseQuery(request.query), { tables, budget, nowMs: services.clock.now().getTime() });
  const { rows, total, next } = await readPage(stream, { top: request.top, skip: request.skip, after }, budget);
  return {
    totalRecords: total,
    count: rows.length,
    resultTruncated: "false",
    ...(next === undefined ? {} : { $skipToken: sealPosition(services, caller, request.query, next) }),
    data: request.isTable ? asTable(stream.columns, rows) : asObjects(stream.columns, rows),
    facets: [],
  };
}

/** There is one subscription, in one management group: a query that names others only has nothing to look at. */
function checkScope({ subscriptionId, tenantId }: Services, { subscriptions, managementGroups }: ParsedRequest): void {
  const names = (list: readonly string[], own: string): boolean =>
    list.some((each) => each.toLowerCase() === own.toLowerCase());
  if (subscriptions.length === 0 && managementGroups.length === 0) return;
  if (names(subscriptions, subscriptionId) || names(managementGroups, tenantId)) return;
  const given = [...subscriptions, ...managementGroups].slice(0, 5).join(", ");
  throw new DomainError(
    "BadRequest",
    `None of '${given}' is the subscription or the root management group of this control plane. Leave 'subscriptions' out, or give the one in connection.json.`,
    {
      target: "subscriptions",
      details: [
        {
          code: "NoValidSubscriptionsInQueryRequest",
          message: `There must be at least one subscription that is eligible to contain resources. Given: '${given}'.`,
        },
      ],
    },
  );
}

const asObjects = (columns: readonly Column[], rows: readonly Row[]): Record<string, Json>[] =>
  rows.map(({ cells }) =>
    Object.fromEntries(columns.map(({ name, type }, index) => [name, toJson(cells[index] ?? null, type)])),
  );

const typeNames: Readonly<Record<ScalarType, string>> = {
  string: "string",
  long: "integer",
  real: "number",
  bool: "boolean",
  datetime: "datetime",
  timespan: "string",
  dynamic: "object",
};

const asTable = (columns: readonly Column[], rows: readonly Row[]) => ({
  columns: columns.map(({ name, type }) => ({ name, type: typeNames[type] })),
  rows: rows.map(({ cells }) => columns.map(({ type }, index) => toJson(cells[index] ?? null, type))),
});
