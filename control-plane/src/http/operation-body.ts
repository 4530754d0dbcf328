import { ArmError, type OperationStatus } from "@arcfleet/contract";
import type { OperationRow } from "../db/operations.ts";

/** What is told of an operation. What went wrong is told twice: clients look in one place or the other. */
export function operationBody(id: string, operation: OperationRow): OperationStatus {
  const error = operation.error === null ? undefined : ArmError.parse(JSON.parse(operation.error));
  return {
    id,
    name: operation.id,
    status: operation.status,
    startTime: operation.started_at,
    ...(operation.ended_at === null ? {} : { endTime: operation.ended_at }),
    resourceId: operation.resource_id,
    properties: error === undefined ? null : { errorInfo: error },
    ...(error === undefined ? {} : { error }),
  };
}
