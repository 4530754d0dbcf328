import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { messages, nothing, type PluginProcess, Struct, startPlugin } from "../../support/plugin-process.ts";

let plugin: PluginProcess;

beforeAll(async () => {
  plugin = await startPlugin(new URL("../../../bin/pulumi-resource-arcfleet", import.meta.url).pathname);
});

afterAll(async () => {
  await plugin[Symbol.asyncDispose]();
});

const urn = "urn:pulumi:dev::fleet::arcfleet:index:ConnectedCluster::east";
const inputs = { resourceGroup: "fleet", location: "westeurope", name: "east", agents: { install: false } };
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secret = (value: unknown) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

const check = async (news: object, type = urn) => {
  const request = new messages.CheckRequest().setUrn(type).setNews(Struct.fromJavaScript({ ...news }));
  const answer = await plugin.ask<InstanceType<typeof messages.CheckResponse>>("check", request);
  return {
    inputs: answer.getInputs()?.toJavaScript(),
    failures: answer.getFailuresList().map((one) => one.toObject()),
  };
};

const diff = async (before: object, after: object, state: object = before) => {
  const request = new messages.DiffRequest()
    .setUrn(urn)
    .setId("id")
    .setOldInputs(Struct.fromJavaScript({ ...before }))
    .setOlds(Struct.fromJavaScript({ ...state, stateVersion: 1 }))
    .setNews(Struct.fromJavaScript({ ...after }));
  return plugin.ask<InstanceType<typeof messages.DiffResponse>>("diff", request);
};

const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
const { Kind } = messages.PropertyDiff;

describe("the packaged plugin", () => {
  test("tells its version", async () => {
    expect(await plugin.call("getPluginInfo", nothing)).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });

  test("checks inputs, and names a resource after its URN when the program does not", async () => {
    const { name: _name, ...unnamed } = inputs;
    expect(await check(unnamed)).toEqual({ inputs, failures: [] });
    expect((await check({ ...inputs, location: 5 })).failures).toMatchObject([{ property: "location" }]);
  });

  test("refuses a type that does not exist by its name", async () => {
    await expect(check(inputs, "urn:pulumi:dev::fleet::arcfleet:index:Cluster::east")).rejects.toThrow(
      /no type arcfleet:index:Cluster/,
    );
  });

  test("takes what is not known yet as fine, whatever its type will be", async () => {
    const later = { ...inputs, location: unknown, agents: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff" };
    expect(await check(later)).toEqual({ inputs: { ...later, agents: unknown }, failures: [] });
  });

  test("keeps a kubeconfig secret although the program did not say so", async () => {
    const found = await check({ ...inputs, kubeconfig: "apiVersion: v1" });
    expect(found.inputs).toMatchObject({ kubeconfig: secret("apiVersion: v1"), name: "east" });
  });

  test("names each value that changed, and what replaces", async () => {
    const before = { ...inputs, tags: { ring: "one", "cost.centre": "7" } };
    const changed = await diff(before, { ...before, tags: { ring: "two", team: "x" } });
    expect(changed.getChanges()).toBe(DIFF_SOME);
    const detail = changed.getDetaileddiffMap();
    expect(Object.fromEntries([...detail.entries()].map(([path, one]) => [path, one.getKind()]))).toEqual({
      "tags.ring": Kind.UPDATE,
      'tags["cost.centre"]': Kind.DELETE,
      "tags.team": Kind.ADD,
    });

    const replaced = await diff(inputs, { ...inputs, name: "west" });
    expect(replaced.getReplacesList()).toEqual(["name"]);
    expect(replaced.getDeletebeforereplace()).toBe(true);
    expect(replaced.getDetaileddiffMap().get("name")?.getKind()).toBe(Kind.UPDATE_REPLACE);
  });

  test("finds no change in a default that is spelt out, and work in what was left half-made", async () => {
    expect((await diff(inputs, { ...inputs, azureHybridBenefit: "NotApplicable" })).getChanges()).toBe(DIFF_NONE);
    expect((await diff(inputs, inputs, { ...inputs, unfinished: "no agents" })).getChanges()).toBe(DIFF_SOME);
  });

  test("fails in words when nothing says where the control plane is", async () => {
    const request = new messages.CreateRequest().setUrn(urn).setProperties(Struct.fromJavaScript(inputs));
    await expect(plugin.call("create", request)).rejects.toThrow(/ARCFLEET_CONNECTION/);
  });

  test("reads secret settings, which the other way of hosting is not shown", async () => {
    const args = Struct.fromJavaScript({ endpoint: "https://127.0.0.1:1", clientSecret: secret("s3cret") });
    await plugin.call("configure", new messages.ConfigureRequest().setArgs(args));
    const request = new messages.CreateRequest().setUrn(urn).setProperties(Struct.fromJavaScript(inputs));
    const failure = await plugin.call("create", request).catch(String);
    expect(failure).toContain("lacks tenantId, subscriptionId, clientId.");
    expect(failure).not.toContain("s3cret");
  });
});
