import type { ArmError } from "@arcfleet/contract";

export interface RequestErrorDetails {
  /** HTTP status; absent when no answer came or an operation failed later. */
  readonly status?: number;
  readonly code: string;
  readonly correlationId?: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A request that the control plane refused, an operation that failed, or a control plane that cannot be reached. */
export class ArmRequestError extends Error {
  override readonly name = "ArmRequestError";
  readonly status: number | undefined;
  readonly code: string;
  readonly correlationId: string | undefined;

  constructor(message: string, details: RequestErrorDetails) {
    const parts = [message];
    if (details.hint !== undefined) parts.push(details.hint);
    if (details.correlationId !== undefined) parts.push(`(correlation id ${details.correlationId})`);
    super(parts.join(" "), details.cause === undefined ? undefined : { cause: details.cause });
    this.status = details.status;
    this.code = details.code;
    this.correlationId = details.correlationId;
  }
}

/** An ARM error with its causes as one text: the cause usually sits in `details`, and often in the message as well. */
export function describeArmError(error: ArmError): string {
  const causes = (error.details ?? [])
    .filter(({ message }) => !error.message.includes(message))
    .map((detail) => `\n  ${describeArmError(detail)}`);
  return `${error.code}: ${error.message}${causes.join("")}`;
}

const hints: Readonly<Record<string, string>> = {
  AuthenticationFailed:
    "Check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or the file ARCFLEET_CONNECTION).",
  AuthorizationFailed: "Give the caller a role that permits it, such as Contributor, at that scope.",
  RoleAssignmentExists: "Give that GUID as `name` to take it over, or delete that one first.",
  SubscriptionNotFound: "Check ARCFLEET_SUBSCRIPTION_ID.",
};

export const hintFor = (code: string): string | undefined => hints[code];
