import { z } from "zod";

const Status = z.object({ message: z.string().optional(), reason: z.string().optional() });

/** An answer of the API server that is not a success. The message is the server's own, which names the object and the cause. */
export class KubeError extends Error {
  override readonly name = "KubeError";
  readonly status: number;
  /** `NotFound`, `AlreadyExists`, `Conflict`, `Forbidden`, `Expired`, … */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

/** Reads the `Status` object of a failed request. */
export function toKubeError(what: string, status: number, body: string): KubeError {
  const parsed = Status.safeParse(parseJson(body));
  const message = parsed.data?.message ?? (body.slice(0, 300) || "no message");
  return new KubeError(status, parsed.data?.reason ?? "Unknown", `${what}: ${message} (${status})`);
}

export const isKubeError = (error: unknown, reason: string): error is KubeError =>
  error instanceof KubeError && error.reason === reason;

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
