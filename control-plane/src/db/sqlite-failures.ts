import { DomainError } from "../errors.ts";
import { REFUSED_BY_MOVE } from "./store-state.ts";

/** What SQLite says when the disk takes nothing more, or has gone. https://sqlite.org/rescode.html */
const full = /database or disk is full/i;
const failing = /disk I\/O error|readonly database|unable to open database file/i;

/**
 * What the caller of a write is told about it: nothing was saved, and the database is as it was before. Anything else is answered as it
 * comes.
 */
export function toDomainError(error: unknown): unknown {
  const message = error instanceof Error ? error.message : "";
  if (full.test(message)) {
    const text =
      "The disk of the control plane's database is full, and nothing of this was saved. Repeat the request once there is room again.";
    return new DomainError("ServiceUnavailable", text, { cause: error, headers: { "retry-after": "10" } });
  }
  if (failing.test(message)) {
    const text =
      "The disk of the control plane's database does not work, and nothing of this was saved. Repeat the request.";
    return new DomainError("ServiceUnavailable", text, { cause: error, headers: { "retry-after": "10" } });
  }
  // A trigger of a move, see maintenance/change-capture.ts. No fault: whoever asks again meets the new database.
  if (message.includes(REFUSED_BY_MOVE)) {
    const text = "The control plane's database is moving to another and takes no writes. Repeat the request.";
    return new DomainError("ServiceUnavailable", text, { cause: error, headers: { "retry-after": "5" } });
  }
  return error;
}
