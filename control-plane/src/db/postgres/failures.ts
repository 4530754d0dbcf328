/** What a failure of PostgreSQL means for the work that met it. https://www.postgresql.org/docs/current/errcodes-appendix.html */
import { DomainError } from "../../errors.ts";

/**
 * - `conflict`: it did not fit between what others wrote; run again it may.
 * - `taken`: a unique or foreign key was hurt. Mostly by another transaction that was faster, which the work finds when it runs again.
 * - `away`: there is no database to talk to at present, or no longer the one that takes writes.
 * - `stale`: a statement that a connection kept ready does not fit the schema any more, because a newer replica has migrated it.
 * - `busy`: it took too long, or the server is at a limit.
 * - `text`: a NUL character, which no text column holds.
 * - `other`: a fault of ours.
 */
export type Failure = "conflict" | "taken" | "away" | "stale" | "busy" | "text" | "other";

const networkCodes = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"],
  // The folder of a Unix socket without a server.
  ...["ENOENT", "ECONNABORTED", "EHOSTDOWN"],
]);

/** How the library says that a connection ended; it gives these no code. */
const brokenConnection =
  /connection terminated|connection ended|not queryable|timeout exceeded when trying to connect|query read timeout|socket|client was closed/i;

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

export function failureOf(error: unknown): Failure {
  // Several addresses of one name were tried.
  if (error instanceof AggregateError)
    return error.errors.every((each) => failureOf(each) === "away") ? "away" : "other";
  const code = codeOf(error);
  if (code === "40001" || code === "40P01") return "conflict";
  if (code === "23505" || code === "23503") return "taken";
  if (/^(08|28|3D|57P)/.test(code) || code === "25006" || networkCodes.has(code)) return "away";
  if (code === "0A000" && error instanceof Error && /cached plan/.test(error.message)) return "stale";
  if (/^53/.test(code) || code === "57014" || code === "55P03" || code === "25P03") return "busy";
  if (code === "22021" || code === "22P05") return "text";
  return code === "" && error instanceof Error && brokenConnection.test(error.message) ? "away" : "other";
}

/** What the caller is told. Details are for the log: they name hosts. */
export function toDomainError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  switch (failureOf(error)) {
    case "conflict":
      return unavailable("Too many others are changing the same things at this moment. Repeat the request.", error);
    case "away":
      return unavailable(away, error, AWAY_RETRY_SECONDS);
    case "stale":
      return unavailable("The database of the control plane is being upgraded. Repeat the request.", error);
    case "busy":
      return unavailable("The database of the control plane is overloaded. Repeat the request.", error);
    case "text":
      return new DomainError("BadRequest", "The request holds a NUL character, which cannot be kept.", {
        cause: error,
      });
    default:
      return error;
  }
}

const away = "The database of the control plane cannot be reached. Repeat the request.";

/**
 * A short interruption was waited for already (connections.ts). Clients of Azure repeat a request three times, so this decides whether
 * they outlast one of a minute.
 */
const AWAY_RETRY_SECONDS = 20;
/** A connection broke in the middle: the database may be there again at once. */
export const LOST_RETRY_SECONDS = 10;

export const unavailable = (message: string, cause?: unknown, retryAfterSeconds = 1): DomainError =>
  new DomainError("ServiceUnavailable", message, { cause, headers: { "retry-after": String(retryAfterSeconds) } });

const unknownCa = ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "SELF_SIGNED_CERT_IN_CHAIN", "DEPTH_ZERO_SELF_SIGNED_CERT"];

/** What to do about a database that cannot be opened. */
export function adviceFor(error: unknown): string {
  const code = codeOf(error);
  if (unknownCa.includes(code) || code === "UNABLE_TO_GET_ISSUER_CERT_LOCALLY") {
    return "Name the file with the CA of the server in the database URL: sslrootcert=/path/ca.pem";
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return "Use a host name in the database URL that stands in the server's certificate";
  }
  if (/^28/.test(code)) return "Check user and password in the database URL, and who may sign in at the server";
  if (code === "3D000") return "Make the database, or correct its name in the database URL";
  if (code === "25006") return "Name the primary in the database URL, or all servers that may become it";
  return "Check the database URL and the server";
}
