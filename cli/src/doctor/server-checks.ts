/** Checks of a running control plane from outside, with what connection.json says. */
import { readFile, stat } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { Connection } from "@arcfleet/contract";
import { z } from "zod";
import { check, type Finding, fail, ok, warn } from "./check.ts";

const timeoutMs = 10_000;
const dayMs = 86_400_000;

export async function serverChecks(connectionFile: string): Promise<Finding[]> {
  let connection: Connection | undefined;
  const findings = [
    await check(
      "connection",
      "Take the connection.json that the control plane wrote (arcfleet serve says where)",
      async () => {
        connection = Connection.parse(JSON.parse(await readFile(connectionFile, "utf8")));
        const { mode } = await stat(connectionFile);
        return (mode & 0o077) === 0
          ? ok(connection.endpoint)
          : warn(`others may read ${connectionFile}, and the secret of the Owner in it`, `chmod 600 ${connectionFile}`);
      },
    ),
  ];
  if (connection === undefined) return findings;
  const { endpoint, caFile, authority, tenantId, subscriptionId, clientId, clientSecret } = connection;
  const { hostname, port } = new URL(endpoint);
  const host = hostname.replace(/^\[|\]$/g, "");
  const tcpPort = Number(port || 443);

  let ca = "";
  findings.push(
    await check("CA", 'Put ca.pem of the control plane where "caFile" of the connection says', async () => {
      ca = await readFile(caFile, "utf8");
      return ok(caFile);
    }),
    await check(
      "port",
      "Start the control plane; check its --host and --port, the name, and firewalls between",
      async () => {
        await reach(host, tcpPort);
        return ok(`${host}:${tcpPort} accepts connections`);
      },
    ),
  );
  if (findings.some(({ status }) => status === "fail")) return findings;

  findings.push(
    await check(
      "certificate",
      "Start the control plane with this name as --public-url or --san, and use its newest ca.pem; behind a proxy trust the proxy's CA",
      async () => {
        const until = await certificateEnd(host, tcpPort, ca);
        const days = Math.floor((until.getTime() - Date.now()) / dayMs);
        const told = `is trusted, names ${host} and ends in ${days} days`;
        return days < 14
          ? warn(told, "Renew it; one of the control plane's own is renewed 30 days before its end while it runs")
          : ok(told);
      },
    ),
  );
  if (findings.some(({ status }) => status === "fail")) return findings;

  const ask = (url: string, options: AskOptions = {}): Promise<Answer> => askOver(url, ca, options);
  findings.push(
    await check("ready", "Look into the log of the control plane; mostly its database is away", async () => {
      const { status, text } = await ask(`${endpoint}/readyz`);
      return status === 200
        ? ok("it says so")
        : fail(
            `/readyz answers ${status}: ${text.slice(0, 200)}`,
            "Look into the log of the control plane; mostly its database is away",
          );
    }),
    await check("clock", "Synchronise both clocks (NTP): tokens are for a certain time", async () => {
      const { headers } = await ask(`${endpoint}/healthz`);
      const seconds = Math.round(Math.abs(Date.parse(headers.date ?? "") - Date.now()) / 1000);
      const told = `${seconds} s away from the server's`;
      if (Number.isNaN(seconds)) return warn("the server tells no time", "Look at the proxy in front of it");
      if (seconds > 60) return fail(told, "Synchronise both clocks (NTP): tokens are for a certain time");
      return seconds > 10 ? warn(told, "Synchronise both clocks (NTP)") : ok(told);
    }),
    await check("issuer", "Start every replica with the same --public-url, the one that clients use", async () => {
      const answer = await ask(`${authority}/${tenantId}/v2.0/.well-known/openid-configuration`);
      const { issuer } = z.object({ issuer: z.string() }).parse(JSON.parse(answer.text));
      const wanted = `${authority}/${tenantId}/v2.0`;
      return issuer === wanted
        ? ok(issuer)
        : fail(
            `it is ${issuer}, and the connection says ${wanted}`,
            "Start every replica with the same --public-url, the one that clients use",
          );
    }),
  );

  let token: string | undefined;
  findings.push(
    await check("token", "Take the newest connection.json, or a new secret with arcfleet principal", async () => {
      const form = {
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
        scope: `${endpoint}/.default`,
      };
      const answer = await ask(`${authority}/${tenantId}/oauth2/v2.0/token`, { form });
      if (answer.status !== 200)
        throw new Error(`the token endpoint answers ${answer.status}: ${reasonOf(answer.text)}`);
      token = z.object({ access_token: z.string() }).parse(JSON.parse(answer.text)).access_token;
      return ok("can be had");
    }),
  );
  if (token !== undefined) {
    const headers = { authorization: `Bearer ${token}` };
    findings.push(
      await check("access", "Give the application a role on the subscription", async () => {
        const answer = await ask(`${endpoint}/subscriptions/${subscriptionId}?api-version=2022-12-01`, { headers });
        if (answer.status !== 200)
          throw new Error(`the subscription answers ${answer.status}: ${reasonOf(answer.text)}`);
        return ok(`the subscription ${subscriptionId} can be read`);
      }),
    );
  }
  const metricsFix = "Update the control plane; without a token metrics are for a port of their own: --metrics-port";
  const chartsFix = "Start the control plane with the folder of the charts: --charts";
  findings.push(
    await check("charts", chartsFix, async () => {
      const answer = await ask(`${endpoint}/v2/charts/azure-arc-k8sagents/tags/list`);
      if (answer.status !== 200) return fail(`the registry answers ${answer.status} for the agents' chart`, chartsFix);
      const { tags } = z.object({ tags: z.array(z.string()).nullable() }).parse(JSON.parse(answer.text));
      return tags === null || tags.length === 0
        ? fail("the registry has no version of the agents' chart", chartsFix)
        : ok(`the agents' chart is served: ${tags.join(", ")}`);
    }),
    await check("metrics", metricsFix, async () => {
      const { status } = await ask(`${endpoint}/metrics`);
      return status === 401
        ? ok("the public port tells them only with a token")
        : warn(`the public port answers ${status} to a request for them without a token`, metricsFix);
    }),
  );
  return findings;
}

/** Of an answer in error, what may be shown: no part of it is a secret, but it can be long. */
const reasonOf = (text: string): string => text.replace(/\s+/g, " ").slice(0, 300);

function reach(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port, timeout: timeoutMs });
    socket.once("timeout", () =>
      socket.destroy(new Error(`${host}:${port} does not answer within ${timeoutMs / 1000} s`)),
    );
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
  });
}

function certificateEnd(host: string, port: number, ca: string): Promise<Date> {
  return new Promise((resolve, reject) => {
    const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
    const socket = connectTls({ host, port, ca, timeout: timeoutMs, ...name }, () => {
      const { valid_to } = socket.getPeerCertificate();
      socket.destroy();
      resolve(new Date(valid_to));
    });
    socket.once("timeout", () => socket.destroy(new Error(`no TLS within ${timeoutMs / 1000} s`)));
    socket.once("error", reject);
  });
}

interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function askOver(url: string, ca: string, { headers = {}, form }: AskOptions): Promise<Answer> {
  const body = form === undefined ? undefined : new URLSearchParams(form).toString();
  const type = form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" };
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const options = {
      method,
      ca,
      agent: false,
      headers: { ...headers, ...type },
      signal: AbortSignal.timeout(timeoutMs),
    };
    const sent = request(url, options, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        text += chunk;
      });
      answer.on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
