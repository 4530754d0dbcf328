import { type Agent, request } from "node:https";
import type { LoadRequest, LoadTarget } from "./load.ts";

const TIMEOUT_MS = 30_000;

/** One request outside of a load: to make ready, to look at an answer. @param agent keeps the connection for the next one */
export function requestOnce(
  target: LoadTarget,
  call: LoadRequest,
  agent?: Agent,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(call.path, target.endpoint),
      {
        method: call.method,
        headers: { ...target.headers, ...call.headers },
        agent,
        ca: target.ca,
        ...target.client,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        answer.on("error", reject).on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    sent.on("error", reject).end(call.body);
  });
}
