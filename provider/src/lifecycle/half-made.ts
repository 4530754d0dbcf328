import type { Properties } from "../inputs/plain.ts";

/**
 * The record exists, but the resource is not what was asked for. Pulumi keeps such a resource in the state when the error carries
 * these three fields, so that the next `up` goes on with it and `destroy` removes it.
 */
export class HalfMadeError extends Error {
  override readonly name = "HalfMadeError";
  readonly id: string;
  readonly properties: Properties;
  readonly reasons: readonly string[];

  constructor(id: string, properties: Properties, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(reason, { cause });
    this.id = id;
    this.properties = properties;
    this.reasons = [reason];
  }
}
