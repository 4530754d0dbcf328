import { randomUUID } from "node:crypto";
import { findDefinition, fullType, parseResourceId, resourceGroup, typeOf } from "@arcfleet/contract";
import { insertOperation, type NewOperation } from "../db/operations.ts";
import type { Tx } from "../db/store.ts";
import type { Caller } from "../identity/caller.ts";
import type { Services } from "../services.ts";
import { type ActivityEvent, type HttpRequestInfo, toActivityRow } from "./event.ts";

/** Who asks for something, and how. */
export interface Asked {
  readonly caller: Caller;
  readonly correlationId: string;
  readonly http?: HttpRequestInfo | undefined;
}

/** Writes an event in the transaction of what it is about: neither is there without the other. */
async function recordActivity({ clock }: Pick<Services, "clock">, tx: Tx, event: ActivityEvent): Promise<void> {
  await tx.insertInto("activity_log").values(toActivityRow(event, clock.now())).execute();
}

/** Writes the event of a change that was done at once, in its transaction. */
export const recordDone = (
  services: Pick<Services, "clock">,
  tx: Tx,
  change: Pick<ActivityEvent, "resourceId" | "action" | "httpStatus">,
  { caller, correlationId, http }: Asked,
): Promise<void> =>
  recordActivity(services, tx, {
    ...change,
    status: "Succeeded",
    caller,
    correlationId,
    operationId: randomUUID(),
    http,
  });

/** Saves a new operation together with the event that it began, or was done. One that goes on carries what its end will repeat. */
export async function recordOperation(
  { clock }: Pick<Services, "clock">,
  tx: Tx,
  operation: NewOperation,
  { caller, correlationId, http }: Asked,
  httpStatus: number,
): Promise<void> {
  const hasEnded = operation.ended_at !== null && operation.ended_at !== undefined;
  const row = toActivityRow(
    {
      resourceId: operation.resource_id,
      action: `${loggedType(operation.resource_id)}/${operation.kind === "delete" ? "delete" : "write"}`,
      status: hasEnded ? "Succeeded" : "Accepted",
      httpStatus,
      caller,
      correlationId,
      operationId: operation.id,
      http,
    },
    clock.now(),
  );
  await Promise.all([
    insertOperation(tx, hasEnded ? operation : { ...operation, activity: JSON.stringify(row) }),
    tx.insertInto("activity_log").values(row).execute(),
  ]);
}

function loggedType(resourceId: string): string {
  const type = typeOf(parseResourceId(resourceId));
  if (type === fullType(resourceGroup)) return "Microsoft.Resources/subscriptions/resourceGroups";
  const definition = findDefinition(type);
  return definition === undefined ? type : fullType(definition);
}
