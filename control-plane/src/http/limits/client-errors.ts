import type { Socket } from "node:net";
import { type ErrorCode, statusOf } from "@arcfleet/contract";
import type { Metrics } from "../metrics.ts";

const reasons = new Map([
  [400, "Bad Request"],
  [408, "Request Timeout"],
  [431, "Request Header Fields Too Large"],
]);

/** What the HTTP parser stumbled over, in our words. */
function refusalOf(code: string): readonly [ErrorCode, string] {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return ["RequestHeaderFieldsTooLarge", "The headers of the request are larger than this control plane reads."];
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return ["RequestTimeout", "The request took too long to arrive. Send it again, at once."];
    default:
      return ["BadRequest", "This is not a request of HTTP/1.1 that can be understood."];
  }
}

/**
 * Answers what never became a request, then ends the connection: whatever follows on it cannot be told from the rest of what was not
 * understood.
 */
export function answerClientErrors(metrics: Pick<Metrics, "refusals">): (error: Error, socket: Socket) => void {
  return (error, socket) => {
    const code = "code" in error && typeof error.code === "string" ? error.code : "";
    const isSlow = code === "ERR_HTTP_REQUEST_TIMEOUT" || code === "ERR_TLS_HANDSHAKE_TIMEOUT";
    metrics.refusals.inc({ reason: isSlow ? "slow" : "malformed" });
    // Faults of TLS and of the network leave nobody to tell; and an answer that is being written must not be mixed with another.
    const isOfHttp = code.startsWith("HPE_") || code === "ERR_HTTP_REQUEST_TIMEOUT";
    if (!isOfHttp || !socket.writable || socket.writableLength > 0) {
      socket.destroy();
      return;
    }
    const [errorCode, message] = refusalOf(code);
    const status = statusOf(errorCode);
    const body = JSON.stringify({ error: { code: errorCode, message } });
    socket.end(
      `HTTP/1.1 ${status} ${reasons.get(status) ?? ""}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      () => socket.destroySoon(),
    );
  };
}
