import { expect, test } from "@jest/globals";
import { declarationOf } from "../../src/export/declaration.ts";

const record = {
  id: "/subscriptions/s/resourceGroups/fleet/providers/Microsoft.Kubernetes/connectedClusters/east",
  name: "east",
  type: "microsoft.kubernetes/connectedclusters",
  location: "westeurope",
  tags: { ring: "canary" },
  properties: { agentPublicKeyCertificate: "key", distribution: "k3s", connectivityStatus: "Connected" },
};

test("a cluster is declared with what somebody would write, its kubeconfig by its path and never by its content", () => {
  const text = declarationOf("connectedCluster", record, {
    logicalName: "east",
    variable: "east",
    parent: "fleet",
    sibling: undefined,
    kubeconfig: "./kubeconfigs/east.yaml",
    secretKey: (path) => path.join("-"),
  });
  expect(text).toContain('const east = new ConnectedCluster("east", {');
  expect(text).toContain('"kubeconfig": {"path": "./kubeconfigs/east.yaml"}');
  expect(text).toContain('"resourceGroup": fleet');
  expect(text).toContain('"adopt": true');
  expect(text).not.toContain("agentPublicKeyCertificate");
});

test("secrets are read from the stack's configuration, wherever they lie", () => {
  const names = {
    logicalName: "east-flux",
    variable: undefined,
    parent: "east",
    sibling: undefined,
    kubeconfig: undefined,
  };
  const cluster = record.id;
  const extension = declarationOf(
    "extension",
    {
      id: `${cluster}/providers/Microsoft.KubernetesConfiguration/extensions/flux`,
      name: "flux",
      type: "Microsoft.KubernetesConfiguration/extensions",
      properties: { extensionType: "microsoft.flux", configurationProtectedSettings: { "auth.token": "" } },
    },
    { ...names, secretKey: (path) => path.join("/") },
  );
  expect(extension).toContain('{"auth.token": config.requireSecret("configurationProtectedSettings/auth.token")}');
});
