import { ArmRequestError } from "./error.ts";

const certificateCodes = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** Finds the system's error code in an error or in what caused it; libraries wrap it differently. */
export function systemCode(error: unknown): string | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 6; current = current.cause, depth++) {
    if ("code" in current && typeof current.code === "string" && /^[A-Z][A-Z0-9_]+$/.test(current.code)) {
      if (certificateCodes.has(current.code) || /^E[A-Z]{3,}$/.test(current.code)) return current.code;
    }
    if (current instanceof AggregateError && current.errors.length > 0) return systemCode(current.errors[0]);
  }
  const text = error instanceof Error ? error.message : "";
  return (
    [...certificateCodes].find((code) => text.includes(code)) ??
    /\b(ECONNREFUSED|ENOTFOUND|ECONNRESET|ETIMEDOUT|EAI_AGAIN)\b/.exec(text)?.[1]
  );
}

export const isCertificateProblem = (error: unknown): boolean => certificateCodes.has(systemCode(error) ?? "");

/** Says in one sentence why the control plane could not be talked to. */
export function unreachable(endpoint: string, error: unknown): ArmRequestError {
  const code = systemCode(error) ?? "NoAnswer";
  const reason = error instanceof Error ? error.message || code : String(error);
  if (certificateCodes.has(code)) {
    return new ArmRequestError(`The certificate of the control plane ${endpoint} is not trusted: ${reason}.`, {
      code,
      hint: "Set ARCFLEET_CA_FILE to the CA it was signed by (`caFile` of connection.json), and use a host name it was issued for.",
      cause: error,
    });
  }
  return new ArmRequestError(`The control plane ${endpoint} does not answer: ${reason}.`, {
    code,
    hint: "Check that it runs (`arcfleet serve`) and that ARCFLEET_ENDPOINT is right; then run the command again, it goes on where it stopped.",
    cause: error,
  });
}
