/** What the dashboard and the alert rules ask for is what a control plane tells. */
import { version } from "@arcfleet/control-plane/version";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { z } from "zod";
import { fetchToken } from "../support/arm-caller.ts";
import { type RunningControlPlane, startControlPlane } from "../support/control-plane.ts";
import { httpCall } from "../support/http-call.ts";
import { readSource } from "../support/source-files.ts";

const Rules = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.object({
          alert: z.string().regex(/^Arcfleet[A-Za-z]+$/),
          expr: z.string(),
          for: z.string(),
          labels: z.object({ severity: z.enum(["critical", "warning"]) }),
          annotations: z.object({ summary: z.string(), description: z.string() }),
        }),
      ),
    }),
  ),
});
const Dashboard = z.object({
  panels: z.array(
    z.object({
      title: z.string(),
      description: z.string().min(1),
      targets: z.array(z.object({ expr: z.string() })).min(1),
    }),
  ),
});

/** Names of metrics in an expression of PromQL, with the labels that are asked of each. */
function asked(expr: string): { name: string; labels: string[] }[] {
  return [...expr.matchAll(/\b((?:arcfleet|nodejs|process)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = "", matchers = ""]) => ({
      name,
      labels: [...matchers.matchAll(/(\w+)\s*[=!]/g)].map(([, label = ""]) => label),
    }),
  );
}

describe("dashboard and alert rules", () => {
  const rules = Rules.parse(parse(readSource("deploy/prometheus/rules.yaml"))).groups.flatMap((group) => group.rules);
  const { panels } = Dashboard.parse(JSON.parse(readSource("deploy/grafana/arcfleet.json")));
  const expressions = [
    ...rules.map(({ alert, expr }) => [alert, expr] as const),
    ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ];

  let controlPlane: RunningControlPlane;
  let told: string;
  beforeAll(async () => {
    controlPlane = await startControlPlane();
    const { endpoint, caFile } = controlPlane.connection;
    await httpCall(`${endpoint}/healthz`, caFile);
    const authorization = `Bearer ${await fetchToken(controlPlane.connection)}`;
    told = (await httpCall(`${endpoint}/metrics`, caFile, { headers: { authorization } })).text;
  });
  afterAll(async () => {
    await controlPlane?.[Symbol.asyncDispose]();
  });

  // Only a control plane over PostgreSQL has it.
  const elsewhere = "arcfleet_database_connections";

  test.each(expressions)("%s asks for metrics that there are, with labels that they have: %s", (_where, expr) => {
    const names = asked(expr);
    expect(names).not.toEqual([]);
    for (const { name, labels } of names) {
      if (name === elsewhere) continue;
      const family = name.replace(/_(bucket|sum|count)$/, "");
      expect({ name, isTold: new RegExp(`^# TYPE (${name}|${family}) `, "m").test(told) }).toEqual({
        name,
        isTold: true,
      });
      const series = new RegExp(`^${name}\\{([^}]*)\\}`, "m").exec(told)?.[1];
      // Counters with labels have no series before they count.
      if (series !== undefined)
        for (const label of labels.filter((one) => !["job", "instance"].includes(one)))
          expect(series).toContain(`${label}="`);
    }
  });

  test.each(expressions)("%s has balanced brackets and rates of counters only: %s", (_where, expr) => {
    for (const [open, close] of ["()", "{}", "[]"])
      expect(expr.split(open ?? "").length).toBe(expr.split(close ?? "").length);
    for (const [, name = ""] of expr.matchAll(/(?:rate|increase)\((\w+)/g))
      expect(name).toMatch(/_(total|bucket|sum|count)$/);
  });

  test("every metric of ours is described on the page, and the page names no other", () => {
    const page = readSource("docs/operations/observability.md");
    const ours = [...told.matchAll(/^# TYPE (arcfleet_\w+) /gm)].map(([, name = ""]) => name);
    const described = [...page.matchAll(/^\| `(arcfleet_\w+)`/gm)].map(([, name = ""]) => name);
    expect([...new Set(described)].sort()).toEqual([...new Set([...ours, elsewhere])].sort());
  });

  test("the version that is told is that of the package", () => {
    expect(z.object({ version: z.string() }).parse(JSON.parse(readSource("package.json"))).version).toBe(version);
    expect(told).toContain(`arcfleet_build_info{version="${version}"`);
  });
});
