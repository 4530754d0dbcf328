import { readFile } from "node:fs/promises";
import type { Connection } from "@arcfleet/contract";
import { z } from "zod";
import type { BenchControlPlane } from "../bench-control-plane.ts";
import type { LoadTarget } from "./load.ts";
import { requestOnce } from "./request-once.ts";

const Token = z.object({ access_token: z.string() });

/** The control plane, called by its Owner. */
export async function ourTarget({ connection, pid }: BenchControlPlane): Promise<LoadTarget> {
  const anonymous: LoadTarget = {
    endpoint: connection.endpoint,
    ca: await readFile(connection.caFile, "utf8"),
    headers: {},
    pids: [pid],
  };
  return { ...anonymous, headers: { authorization: `Bearer ${await ownerToken(connection, anonymous)}` } };
}

async function ownerToken(connection: Connection, target: LoadTarget): Promise<string> {
  const answer = await requestOnce(target, {
    method: "POST",
    path: `/${connection.tenantId}/oauth2/v2.0/token`,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: connection.clientId,
      client_secret: connection.clientSecret,
      scope: `${connection.endpoint}/.default`,
    }).toString(),
  });
  if (answer.status !== 200) throw new Error(`the control plane gave no token: ${answer.text}`);
  return Token.parse(JSON.parse(answer.text)).access_token;
}
