import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { hintsProperty, hostedType, providerProperty } from "@arcfleet/provider";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

// The plugin is what the engine starts, unmodified: this is the test that says whether a version of @pulumi/pulumi still takes our
// constant text. CommonJS, so it is required.
const require = createRequire(import.meta.url);
const grpc: typeof import("@grpc/grpc-js") = require("@grpc/grpc-js");
const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb.js");
const messages = require("@pulumi/pulumi/proto/provider_pb.js");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js");

let plugin: ChildProcess;
let client: InstanceType<typeof ResourceProviderClient>;

beforeAll(async () => {
  const script = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
  plugin = spawn(process.execPath, [script, "127.0.0.1:1"], {
    cwd: new URL("../../../examples/fleet", import.meta.url),
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env.PATH },
  });
  if (plugin.stdout === null) throw new Error("the plugin has no standard output");
  const [port] = await once(createInterface(plugin.stdout), "line");
  client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
}, 30_000);

afterAll(async () => {
  client.close();
  const ended = once(plugin, "exit");
  plugin.kill();
  await ended;
});

const { token, provider } = hostedType("connectedCluster");
const inputs = { resourceGroup: "fleet", location: "westeurope", name: "east", agents: { install: false } };

/** Calls the plugin and gives the answer as plain JSON. */
function call(method: string, request: unknown): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    client[method](request, (error: Error | null, answer: { toObject(): Record<string, unknown> }) =>
      error ? reject(error) : resolve(answer.toObject()),
    );
  });
}

const struct = (properties: object) => Struct.fromJavaScript({ ...properties, [providerProperty]: provider });

describe("our resources in the engine's own plugin", () => {
  test("have the type token that routes to it", () => {
    expect(token).toBe("pulumi-nodejs:dynamic/arcfleet:ConnectedCluster");
  });

  test("are checked by our package, and the hidden URN is taken away", async () => {
    const request = new messages.CheckRequest();
    request.setOlds(struct({}));
    request.setNews(struct({ ...inputs, location: 5, [hintsProperty]: { urn: "urn:pulumi:x" } }));
    const answer = await call("check", request);
    expect(answer.failuresList).toMatchObject([{ property: "location" }]);
    expect(JSON.stringify(answer)).not.toContain("urn:pulumi:x");
  });

  test("are compared by our package, which leaves naming the changed inputs to the engine", async () => {
    const request = new messages.DiffRequest();
    request.setId("id");
    request.setOlds(struct({ ...inputs, stateVersion: 1 }));
    request.setNews(struct({ ...inputs, name: "west" }));
    expect(await call("diff", request)).toMatchObject({
      changes: messages.DiffResponse.DiffChanges.DIFF_UNKNOWN,
      replacesList: ["name"],
      deletebeforereplace: true,
    });
    request.setNews(struct(inputs));
    expect(await call("diff", request)).toMatchObject({ changes: messages.DiffResponse.DiffChanges.DIFF_NONE });
  });

  test("fail in words when nothing says where the control plane is", async () => {
    const request = new messages.CreateRequest();
    request.setProperties(struct(inputs));
    await expect(call("create", request)).rejects.toThrow(/ARCFLEET_CONNECTION/);
  });
});
