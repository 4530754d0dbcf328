import { setTimeout as sleep } from "node:timers/promises";
import { isTerminal, OperationStatus } from "@arcfleet/contract";
import { ArmRequestError, describeArmError } from "./error.ts";
import type { ArmRequest, ArmResponse } from "./send.ts";

export interface PollOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Told the state after each look that found the operation still running. */
  readonly onProgress?: (state: string) => void | Promise<void>;
}

const defaultIntervalMs = 1000;
const longestIntervalMs = 30_000;

/** What a link answers: a status; or, behind the `Location` of a type that has no other, nothing but 202 until it is done. */
function readStatus({ status, body }: ArmResponse): Pick<OperationStatus, "status" | "error"> {
  if (body !== "" && body !== undefined && body !== null) return OperationStatus.parse(body);
  return { status: status === 202 ? "InProgress" : "Succeeded" };
}

/**
 * Follows an `Azure-AsyncOperation` or `Location` link until the operation ended.
 * @throws ArmRequestError when it failed, was canceled, or did not end in time; the last state is in the text.
 */
export async function pollOperation(
  sendRequest: (request: ArmRequest) => Promise<ArmResponse>,
  url: string,
  options: PollOptions,
): Promise<void> {
  const deadline = Date.now() + options.timeoutMs;
  const signal = options.signal;
  let state = "not looked at yet";
  while (true) {
    const answer = await sendRequest({ method: "GET", url, ...(signal === undefined ? {} : { signal }) });
    const operation = readStatus(answer);
    state = operation.status;
    if (state.toLowerCase() === "succeeded") return;
    if (isTerminal(state)) {
      const error = operation.error ?? { code: state, message: `The operation ended as ${state} without saying why.` };
      throw new ArmRequestError(describeArmError(error), { code: error.code });
    }
    await options.onProgress?.(state);
    const seconds = Number(answer.headers["retry-after"]);
    const intervalMs = Number.isFinite(seconds) ? Math.min(seconds * 1000, longestIntervalMs) : defaultIntervalMs;
    if (Date.now() + intervalMs > deadline) break;
    await sleep(intervalMs, undefined, signal === undefined ? {} : { signal });
  }
  throw new ArmRequestError(
    `The operation did not end within ${options.timeoutMs / 1000} s; its last state was ${state}.`,
    {
      code: "OperationTimeout",
      hint: "It goes on in the control plane; run the command again to wait for it.",
    },
  );
}
