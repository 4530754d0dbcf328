import { fullType } from "@arcfleet/contract";
import type { HttpRequestInfo } from "../activity/event.ts";
import type { ResourceTarget } from "../arm/target.ts";
import type { OperationRow } from "../db/operations.ts";
import type { ResourceRow } from "../db/resources.ts";
import { DomainError, resourceNotFound } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";

/** A request for a verb: authenticated, authorised, of a known type. */
export interface VerbRequest {
  readonly target: ResourceTarget;
  readonly caller: Caller;
  readonly correlationId: string;
  /** What the activity log keeps of the request; absent for what the control plane does by itself. */
  readonly http?: HttpRequestInfo | undefined;
  /** Which properties there are to the caller; absent for writes of our own, which know all of them. */
  readonly apiVersion?: string;
  readonly body?: unknown;
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  /** `?forceDelete=true`. */
  readonly isForced?: boolean;
}

/** What a verb came to. `operation` is what the caller may poll, and may have ended already. */
export interface VerbAnswer {
  readonly outcome: "created" | "ok" | "accepted" | "absent";
  readonly row?: ResourceRow;
  readonly operation?: Pick<OperationRow, "id">;
  /** The new generation of the cluster's desired state, to be announced after the commit. */
  readonly generation?: number;
  /** The key of the cluster whose generation that is. Default: the parent of the target. */
  readonly keeper?: string;
  /** True when the activity log holds it already, in the same transaction. */
  readonly isRecorded?: boolean;
}

export const notFound = (target: ResourceTarget): DomainError =>
  resourceNotFound(fullType(target.definition), target.name, target.groupName);

/** `If-Match` and `If-None-Match` against what is stored. */
export function checkPreconditions(request: VerbRequest, row: ResourceRow | undefined): void {
  const { ifMatch, ifNoneMatch, target } = request;
  if (ifMatch !== undefined && !(row && matches(ifMatch, row.etag))) {
    throw new DomainError(
      "PreconditionFailed",
      row
        ? `The ${target.definition.singular} '${target.name}' has changed: its ETag is ${row.etag}, not ${ifMatch}. Read it again and repeat the change.`
        : `The ${target.definition.singular} '${target.name}' does not exist, so If-Match ${ifMatch} cannot hold.`,
    );
  }
  if (ifNoneMatch !== undefined && row && matches(ifNoneMatch, row.etag)) {
    throw new DomainError(
      "PreconditionFailed",
      `The ${target.definition.singular} '${target.name}' exists already with ETag ${row.etag}, and If-None-Match is ${ifNoneMatch}.`,
    );
  }
}

const matches = (header: string, etag: string): boolean =>
  header.trim() === "*" || header.split(",").some((one) => one.trim().replace(/^W\//, "") === etag);

export function refuseWhileDeleting(target: ResourceTarget, row: ResourceRow): void {
  if (row.state !== "Deleting") return;
  throw new DomainError(
    "AnotherOperationInProgress",
    `The ${target.definition.singular} '${target.name}' is being deleted. Wait until it is gone, or delete it with forceDelete=true, then repeat the request.`,
  );
}
