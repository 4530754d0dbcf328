/**
 * How errors travel. Every layer below HTTP throws a {@link DomainError}: a code of the contract's one table, a message for
 * the caller (which names the thing, the cause and the fix) and, where there is more to know, an internal message that only
 * the log sees. `http/errors.ts` alone knows status codes. Anything else that is thrown is a fault of ours: it is logged with
 * its stack and answered as `InternalServerError` with the correlation id.
 */
import type { ArmError, ErrorCode } from "@arcfleet/contract";

export interface DomainErrorOptions {
  /** For the log only. */
  readonly internal?: string;
  /** The property or resource that the error is about. */
  readonly target?: string;
  readonly details?: readonly ArmError[];
  /** Extra response headers, such as `WWW-Authenticate` or `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

export class DomainError extends Error {
  override readonly name = "DomainError";
  readonly code: ErrorCode;
  readonly internal: string | undefined;
  readonly target: string | undefined;
  readonly details: readonly ArmError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, publicMessage: string, options: DomainErrorOptions = {}) {
    super(publicMessage, { cause: options.cause });
    this.code = code;
    this.internal = options.internal;
    this.target = options.target;
    this.details = options.details;
    this.headers = options.headers ?? {};
  }
}

/** A value of the request that breaks a rule between properties. */
export const invalid = (message: string, target?: string): DomainError =>
  new DomainError("ValidationFailed", message, target === undefined ? {} : { target });

/** A body that does not have the shape of what it should be. */
export const invalidContent = (message: string, details?: readonly ArmError[]): DomainError =>
  new DomainError("InvalidRequestContent", message, details === undefined ? {} : { details });

/** The error that real ARM answers for a resource that is not there; two command-line clients look for its code. */
export const resourceNotFound = (type: string, name: string, resourceGroup: string): DomainError =>
  new DomainError(
    "ResourceNotFound",
    `The Resource '${type}/${name}' under resource group '${resourceGroup}' was not found.`,
  );
