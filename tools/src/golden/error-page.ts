import { type ErrorCode, errorCodes } from "@arcfleet/contract";

/** What a client can do about an answer, by its status. */
const remedies: Readonly<Record<number, string>> = {
  400: "The request has to change; repeating it gives the same answer.",
  401: "Get a new token (the SDKs of Azure do so by themselves when the answer carries a claims challenge).",
  403: "Somebody has to assign a role that permits the action, or the request goes to the wrong scope.",
  404: "Check the id; it is compared without regard to case.",
  405: "The method does not exist on this path.",
  408: "Repeat, and send the request without pauses: a connection that dawdles is ended.",
  409: "Something else is in the way; the message says what, and whether waiting helps.",
  412: "Read the resource again and decide anew.",
  413: "Send less.",
  414: "Ask for less in one call: a shorter `$filter`, or a body where the call has one.",
  415: "Send JSON and say so in `Content-Type`.",
  426: "Ask for a WebSocket, and let the proxies in between pass `Upgrade` on. Agents send a request instead where that cannot be.",
  429: "Wait as long as `Retry-After` says, then repeat.",
  431: "Send fewer or shorter headers.",
  500: "Repeat later; the correlation id finds the cause in the log of the control plane.",
  503: "Wait as long as `Retry-After` says, then repeat.",
};

/** The page of all error codes, from the one table in the contract. */
export function errorPage(): string {
  const codes = Object.entries(errorCodes) as [ErrorCode, (typeof errorCodes)[ErrorCode]][];
  const statuses = [...new Set(codes.map(([, [status]]) => status))].sort((a, b) => a - b);
  const sections = statuses.map((status) => {
    const remedy = remedies[status];
    if (remedy === undefined)
      throw new Error(`say in tools/src/golden/error-page.ts what to do about status ${status}`);
    const rows = codes
      .filter(([, entry]) => entry[0] === status)
      .map(([code, [, when]]) => `| \`${code}\` | ${when} |`);
    return [`## ${status}`, "", remedy, "", "| code | when |", "| --- | --- |", ...rows, ""].join("\n");
  });
  return [
    "# Errors",
    "",
    "Every answer of the control plane that is not a success has the body of Azure Resource Manager,",
    '`{"error": {"code", "message", "target"?, "details"?}}`. The code is for programs and stays as it is; the message is for people',
    "and names the thing, the cause and what to do. Each answer carries `x-ms-correlation-request-id`, which the log repeats.",
    "",
    "What a cluster reports (a chart that fails, a repository that cannot be read) is no error of a request: it is found in",
    "`errorInfo` and `statuses` of the extension, in `complianceState`, `statuses` and `errorMessage` of the flux configuration, and in the",
    "`error` of the operation.",
    "",
    "This page is made from `contract/src/arm/error.ts` by `npm run check -- --update`; a test compares the two.",
    "",
    ...sections,
  ].join("\n");
}
