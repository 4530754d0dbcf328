import type { Connection } from "@arcfleet/contract";
import { z } from "zod";
import { type HttpAnswer, type HttpCall, httpCall } from "./http-call.ts";

const TokenBody = z.object({ access_token: z.string() });

/** Buys an access token with a client secret, as every Azure client does. */
export async function fetchToken(connection: Connection): Promise<string> {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: connection.clientId,
    client_secret: connection.clientSecret,
    scope: `${connection.endpoint}/.default`,
  });
  const answer = await httpCall(`${connection.authority}/${connection.tenantId}/oauth2/v2.0/token`, connection.caFile, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  });
  if (answer.status !== 200) throw new Error(`token request answered ${answer.status}: ${answer.text}`);
  return TokenBody.parse(answer.json).access_token;
}

/** Calls the control plane as its Owner, with raw answers. */
export interface ArmCaller {
  readonly connection: Connection;
  readonly token: string;
  /** @param path begins with a slash, or is an absolute URL as links in answers are */
  call(path: string, call?: HttpCall): Promise<HttpAnswer>;
}

export async function armCaller(connection: Connection): Promise<ArmCaller> {
  const token = await fetchToken(connection);
  return {
    connection,
    token,
    call: (path, call = {}) =>
      httpCall(path.startsWith("/") ? `${connection.endpoint}${path}` : path, connection.caFile, {
        ...call,
        headers: { authorization: `Bearer ${token}`, ...call.headers },
      }),
  };
}
