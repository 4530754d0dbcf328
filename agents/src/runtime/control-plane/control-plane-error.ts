import { ArmErrorBody } from "@arcfleet/contract";
import { parseJson } from "../kube/kube-error.ts";

/** The control plane said no. The message is its own, with the code and the id under which its log has more. */
export class ControlPlaneError extends Error {
  override readonly name = "ControlPlaneError";
  readonly status: number;
  readonly code: string;
  /** False when it does not read as the control plane's: a proxy in between, say, said no. */
  readonly isOfControlPlane: boolean;

  constructor(status: number, code: string, message: string, isOfControlPlane = true) {
    super(message);
    this.status = status;
    this.code = code;
    this.isOfControlPlane = isOfControlPlane;
  }
}

export function toControlPlaneError(
  what: string,
  answer: { status: number; body: string; headers: Readonly<Record<string, string | string[] | undefined>> },
): ControlPlaneError {
  const { data } = ArmErrorBody.safeParse(parseJson(answer.body));
  const code = data?.error.code ?? `HTTP${answer.status}`;
  const message = data?.error.message ?? (answer.body.slice(0, 300) || "no message");
  const id = answer.headers["x-ms-correlation-request-id"];
  const found = typeof id === "string" ? `, correlation id ${id}` : "";
  const text = `${what}: ${code}: ${message} (${answer.status}${found})`;
  return new ControlPlaneError(answer.status, code, text, data !== undefined);
}
