import { expect, test } from "@jest/globals";
import { summaryLines } from "../../src/demo/summary.ts";

test("the summary shows what runs, how to look at it, how to change it and how to stop it", () => {
  const text = summaryLines({
    outputs: { clusters: [{ name: "east", connectivity: "Connected", agents: "1.40.0", compliance: "Compliant" }] },
    clusters: [{ name: "demo-1", kubeconfig: "/kube/one", isLab: true }],
    endpoint: "https://10.0.0.1:8443",
    gitUrl: "http://10.0.0.1:9000/fleet.git",
    envFile: "/x/env.sh",
  }).join("\n");
  expect(text).toMatch(/^east +Connected +\? +1\.40\.0 +\? +Compliant +\?$/m);
  for (const part of ["https://10.0.0.1:8443", "get deploy -n azure-arc", "push", "npm run demo -- down"]) {
    expect(text).toContain(part);
  }
});
