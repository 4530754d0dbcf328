// What must not compile. `npm run check` compiles this file: a line that is marked as an error and is none fails it.
import type { ConnectedClusterArgs, ExtensionArgs, FluxConfigurationArgs } from "@arcfleet/sdk";
import { expect, test } from "@jest/globals";

declare const accept: {
  cluster(args: ConnectedClusterArgs): void;
  extension(args: ExtensionArgs): void;
  flux(args: FluxConfigurationArgs): void;
};
declare const cluster: ExtensionArgs["cluster"];

/** Compiled, never run. */
const mistakes = () => {
  // @ts-expect-error a location is needed
  accept.cluster({ resourceGroup: "g" });
  // @ts-expect-error no such input
  accept.cluster({ resourceGroup: "g", location: "x", tgas: {} });
  // @ts-expect-error a word, not a boolean
  accept.cluster({ resourceGroup: "g", location: "x", azureHybridBenefit: true });
  // @ts-expect-error the public key is made while attaching
  accept.cluster({ resourceGroup: "g", location: "x", agentPublicKeyCertificate: "" });
  // @ts-expect-error a cluster, not its id
  accept.extension({ cluster: "/subscriptions/…", extensionType: "microsoft.flux" });
  // @ts-expect-error settings are texts
  accept.extension({ cluster, extensionType: "microsoft.flux", configurationSettings: { "a.b": 1 } });
  // @ts-expect-error one source is needed
  accept.flux({ cluster });
  // @ts-expect-error only one source
  accept.flux({ cluster, gitRepository: { url: "https://x" }, bucket: { url: "x", bucketName: "b" } });
  // @ts-expect-error the kind follows from the source
  accept.flux({ cluster, sourceKind: "GitRepository", gitRepository: { url: "https://x" } });

  accept.flux({ cluster, gitRepository: { url: "https://x" }, kustomizations: { a: { path: "./a" } } });
};

test("mistakes are found by the compiler", () => {
  expect(mistakes).toBeDefined();
});
