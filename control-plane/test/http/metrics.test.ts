import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { listenForMetrics } from "../../src/http/metrics-listener.ts";
import { version } from "../../src/version.ts";
import { startApi } from "../support/api.ts";
import { clusterPath, putCluster, putGroup } from "../support/cluster.ts";

test("metrics tell clusters by connectivity, operations, writes, background work and the version", async () => {
  await using api = await startApi();
  await putGroup(api);
  await putCluster(api);
  const { services } = api.controlPlane;
  await services.leases.hold("forget-something:one", async () => {});
  await expect(
    services.leases.hold("forget-something:two", async () => {
      throw new Error("fails");
    }),
  ).rejects.toThrow("fails");
  const text = await services.metrics.registry.metrics();
  expect(text).toMatch(/^arcfleet_clusters\{connectivity="(AgentNotInstalled|Connecting)"\} 1$/m);
  expect(text).toMatch(/^arcfleet_operations_running \d/m);
  expect(text).toContain("arcfleet_store_pending_writes 0");
  expect(text).toContain('arcfleet_background_runs_total{work="forget-something",result="done"} 1');
  expect(text).toContain('arcfleet_background_runs_total{work="forget-something",result="failed"} 1');
  expect(text).toContain(`arcfleet_build_info{version="${version}"`);
});

test("series do not grow with names: requests are counted by the pattern of their route", async () => {
  await using api = await startApi();
  await putGroup(api);
  for (const name of ["one", "two", "three"]) await api.call("GET", clusterPath(api, name));
  const text = await api.controlPlane.services.metrics.registry.metrics();
  const routes = text
    .split("\n")
    .filter((line) => line.startsWith("arcfleet_http_request_duration_seconds_count") && line.includes('status="404"'));
  expect(routes).toHaveLength(1);
  for (const name of ["one", "two", "three"]) expect(text).not.toContain(`/${name}`);
});

test("the public port tells metrics to nobody without a token, this machine included", async () => {
  await using api = await startApi();
  const headers = { "x-forwarded-for": "192.0.2.1" };
  expect((await api.controlPlane.app.inject({ method: "GET", url: "/metrics", headers })).statusCode).toBe(401);
  expect((await api.controlPlane.app.inject({ method: "GET", url: "/metrics" })).statusCode).toBe(401);
  expect((await api.call("GET", "/metrics")).status).toBe(200);
});

test("the port for metrics has metrics and health, and nothing else", async () => {
  await using api = await startApi();
  const { registry } = api.controlPlane.services.metrics;
  const listener = await listenForMetrics(registry, { host: "127.0.0.1", port: 0 }, () => {});
  const statusOf = async (path: string, method = "GET"): Promise<number> =>
    (await fetch(`http://127.0.0.1:${listener.port}${path}`, { method })).status;
  expect(await statusOf("/metrics")).toBe(200);
  expect(await statusOf("/healthz")).toBe(200);
  for (const path of ["/", "/subscriptions", "/metrics/x", "/openapi.json"]) expect(await statusOf(path)).toBe(404);
  expect(await statusOf("/metrics", "POST")).toBe(404);
  await expect(listenForMetrics(registry, { host: "127.0.0.1", port: listener.port }, () => {})).rejects.toThrow(
    /Cannot listen for metrics on 127\.0\.0\.1 port/,
  );
  await listener.close();
});

test("a control plane that stops says that it is not ready and goes on answering for a while", async () => {
  await using api = await startApi({ drainMs: 700 });
  const { app } = api.controlPlane;
  const statusOf = async (url: string): Promise<number> => (await app.inject({ method: "GET", url })).statusCode;
  expect(await statusOf("/readyz")).toBe(200);
  const closed = api.controlPlane.close();
  await delay(50);
  expect(await statusOf("/readyz")).toBe(503);
  expect(await statusOf("/healthz")).toBe(200);
  expect((await api.call("GET", "/subscriptions")).status).toBe(200);
  await closed;
});
