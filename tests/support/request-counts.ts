import type { Connection } from "@arcfleet/contract";
import { fetchToken } from "./arm-caller.ts";
import { httpCall } from "./http-call.ts";

/** How many requests, by method, a control plane of this machine answered on matching routes while `work` was done. */
export async function countRequests(
  connection: Connection,
  route: RegExp,
  work: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const before = await readCounts(connection, route);
  await work();
  const after = await readCounts(connection, route);
  return Object.fromEntries(
    [...after].map(([method, count]) => [method, count - (before.get(method) ?? 0)] as const).filter(([, n]) => n > 0),
  );
}

const sample = /^arcfleet_http_request_duration_seconds_count\{(?<labels>[^}]*)\} (?<count>\d+)$/;

async function readCounts(connection: Connection, route: RegExp): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const line of (await fetchMetrics(connection)).split("\n")) {
    const { labels = "", count = "0" } = sample.exec(line)?.groups ?? {};
    const label = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1] ?? "";
    if (!route.test(label("route"))) continue;
    counts.set(label("method"), (counts.get(label("method")) ?? 0) + Number(count));
  }
  return counts;
}

async function fetchMetrics(connection: Connection): Promise<string> {
  const authorization = `Bearer ${await fetchToken(connection)}`;
  const answer = await httpCall(`${connection.endpoint}/metrics`, connection.caFile, { headers: { authorization } });
  if (answer.status !== 200) throw new Error(`/metrics answers ${answer.status}: ${answer.text}`);
  return answer.text;
}
