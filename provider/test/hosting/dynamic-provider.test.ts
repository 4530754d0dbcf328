import { createRequire } from "node:module";
import { hintsProperty, hostedType, providerProperty } from "@arcfleet/provider";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { messages, type PluginProcess, Struct, startPlugin } from "../support/plugin-process.ts";

// The plugin is what the engine starts, unmodified: this is the test that says whether a version of @pulumi/pulumi still takes our
// constant text.
let plugin: PluginProcess;

beforeAll(async () => {
  const script = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/dynamic-provider");
  plugin = await startPlugin(script, { cwd: new URL("../../../examples/fleet", import.meta.url) });
});

afterAll(async () => {
  await plugin[Symbol.asyncDispose]();
});

const { token, provider } = hostedType("connectedCluster");
const inputs = { resourceGroup: "fleet", location: "westeurope", name: "east", agents: { install: false } };

const struct = (properties: object) => Struct.fromJavaScript({ ...properties, [providerProperty]: provider });

describe("our resources in the engine's own plugin", () => {
  test("have the type token that routes to it", () => {
    expect(token).toBe("pulumi-nodejs:dynamic/arcfleet:ConnectedCluster");
  });

  test("are checked by our package, and the hidden URN is taken away", async () => {
    const request = new messages.CheckRequest();
    request.setOlds(struct({}));
    request.setNews(struct({ ...inputs, location: 5, [hintsProperty]: { urn: "urn:pulumi:x" } }));
    const answer = await plugin.call("check", request);
    expect(answer.failuresList).toMatchObject([{ property: "location" }]);
    expect(JSON.stringify(answer)).not.toContain("urn:pulumi:x");
  });

  test("are compared by our package, which leaves naming the changed inputs to the engine", async () => {
    const request = new messages.DiffRequest();
    request.setId("id");
    request.setOlds(struct({ ...inputs, stateVersion: 1 }));
    request.setNews(struct({ ...inputs, name: "west" }));
    expect(await plugin.call("diff", request)).toMatchObject({
      changes: messages.DiffResponse.DiffChanges.DIFF_UNKNOWN,
      replacesList: ["name"],
      deletebeforereplace: true,
    });
    request.setNews(struct(inputs));
    expect(await plugin.call("diff", request)).toMatchObject({ changes: messages.DiffResponse.DiffChanges.DIFF_NONE });
  });

  test("fail in words when nothing says where the control plane is", async () => {
    const request = new messages.CreateRequest();
    request.setProperties(struct(inputs));
    await expect(plugin.call("create", request)).rejects.toThrow(/ARCFLEET_CONNECTION/);
  });
});
