import { join } from "node:path";
import { hostedType } from "@arcfleet/provider";
import type { Workspace } from "@arcfleet/tools/pulumi/workspace.ts";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { z } from "zod";
import { type ArmCaller, armCaller } from "../support/arm-caller.ts";
import { type RunningControlPlane, startControlPlane } from "../support/control-plane.ts";
import { changesOf, mustSucceed, testProgram } from "../support/fleet.ts";
import { onboardingKey } from "../support/onboarding-key.ts";
import { type SimulatedAgent, simulatedAgent } from "../support/simulated-agent.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";
import { whileAgentsWork } from "../support/while-agents-work.ts";
import type { Spec } from "./plugin-program/spec.ts";

/*
 * The packaged plugin under the real engine, which finds it by its executable alone: the program knows type tokens and no class of
 * the SDK. Told once and in order: each test goes on where the one before it ended.
 */

// The engine runs several times in each test, and the machine may be busy.
jest.setTimeout(10 * 60_000);

let folder: TempFolder;
let controlPlane: RunningControlPlane;
let arm: ArmCaller;
let agent: SimulatedAgent;
let stack: Workspace;

const minutes = (count: number): number => count * 60_000;
const group = (): string => `/subscriptions/${controlPlane.connection.subscriptionId}/resourceGroups/fleet`;
const clusterId = (name: string): string => `${group()}/providers/Microsoft.Kubernetes/connectedClusters/${name}`;
const clusterUrl = (name: string): string => `${clusterId(name)}?api-version=2024-07-01-preview`;

async function send(method: "PUT" | "PATCH", url: string, body: object): Promise<void> {
  const answer = await arm.call(url, { method, body });
  if (answer.status > 201) throw new Error(`${method} ${url} answered ${answer.status}: ${answer.text}`);
}

beforeAll(async () => {
  folder = await tempFolder("plugin");
  controlPlane = await startControlPlane();
  arm = await armCaller(controlPlane.connection);
  const key = onboardingKey();
  await send("PUT", `${group()}?api-version=2024-11-01`, { location: "westeurope" });
  await send("PUT", clusterUrl("shop"), {
    location: "westeurope",
    properties: { agentPublicKeyCertificate: key.publicKeyBase64 },
  });
  agent = await simulatedAgent(controlPlane.connection, clusterId("shop"), key);
  await agent.heartbeat();
  stack = await testProgram("plugin-program", {
    stateFolder: join(folder.path, "pulumi"),
    stack: "plugin",
    connectionFile: join(controlPlane.dataDir, "connection.json"),
  });
}, minutes(2));

afterAll(async () => {
  await controlPlane?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

const declare = (spec: Spec): Promise<void> => stack.setConfig("plugin:spec", JSON.stringify(spec));

const token = "arcfleet:index:ConnectedCluster";
const bare = (inputs: object = {}) => ({
  token,
  inputs: { resourceGroup: "fleet", location: "westeurope", agents: { install: false }, ...inputs },
});
/** Attached by somebody else. */
const shop = { token, inputs: { resourceGroup: "fleet", location: "westeurope", adopt: true } };
const flux = {
  token: "arcfleet:index:Extension",
  cluster: "shop",
  inputs: { extensionType: "microsoft.flux", configurationProtectedSettings: { token: "s3cret-of-flux" } },
};

const State = z.object({
  deployment: z.object({
    resources: z.array(z.object({ urn: z.string(), initErrors: z.array(z.string()).optional() })),
  }),
});
const stateOf = async (name: string) =>
  State.parse(JSON.parse(await stack.exportState())).deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`));

describe("a record", () => {
  test("is made under the name of its resource, and there is nothing to do afterwards", async () => {
    await declare({ edge: bare({ tags: { ring: "one" } }) });
    expect(changesOf(mustSucceed(await stack.up()))).toEqual(["edge: create"]);
    expect((await arm.call(clusterUrl("edge"))).status).toBe(200);
    expect(await stack.outputs()).toEqual({ statuses: ["AgentNotInstalled"] });
    expect(changesOf(mustSucceed(await stack.preview()))).toEqual([]);
  });

  test("shows a changed tag by its path, and drift the same way", async () => {
    await declare({ edge: bare({ tags: { ring: "two" } }) });
    const preview = mustSucceed(await stack.preview());
    expect(preview.steps.find(({ name }) => name === "edge")?.changes).toEqual({ "tags.ring": "update" });
    expect(changesOf(mustSucceed(await stack.up()))).toEqual(["edge: update"]);

    await send("PATCH", clusterUrl("edge"), { tags: { ring: "drifted" } });
    mustSucceed(await stack.refresh());
    const drift = mustSucceed(await stack.preview());
    expect(drift.steps.find(({ name }) => name === "edge")?.changes).toEqual({ "tags.ring": "update" });
    mustSucceed(await stack.up());
    expect((await arm.call(clusterUrl("edge"))).json).toMatchObject({ tags: { ring: "two" } });
  });

  test("is imported by its id alone, and the program that says what is there changes nothing", async () => {
    const west = { location: "westeurope", tags: { ring: "one" }, properties: { agentPublicKeyCertificate: "" } };
    await send("PUT", clusterUrl("west"), west);
    mustSucceed(await stack.import({ args: [token, "west", clusterId("west")] }));
    await declare({ edge: bare({ tags: { ring: "two" } }), west: bare({ tags: { ring: "one" } }) });
    expect(changesOf(mustSucceed(await stack.preview()))).toEqual([]);
  });
});

describe("an extension", () => {
  test("whose making is interrupted stays in the state half-made, with its secrets encrypted", async () => {
    await declare({ edge: bare(), shop, flux });
    const interrupt = new AbortController();
    const up = stack.up({ signal: interrupt.signal });
    await waitFor(async () => (await agent.desired("extension")).items.length > 0, {
      timeoutMs: minutes(1),
      describe: "the agents are told of the extension",
    });
    interrupt.abort();
    expect((await up).exitCode).not.toBe(0);
    expect(await stateOf("flux")).toMatchObject({ initErrors: [expect.stringContaining("interrupted")] });
    expect(await stack.exportState()).not.toContain("s3cret-of-flux");
  });

  test("is finished by the next run, on a cluster that was adopted", async () => {
    const up = await whileAgentsWork(agent, stack.up());
    expect(changesOf(mustSucceed(up))).toContain("flux: update");
    expect(await stateOf("flux")).not.toHaveProperty("initErrors");
    expect(await stack.exportState()).not.toContain("s3cret-of-flux");
    expect(changesOf(mustSucceed(await stack.preview()))).toEqual([]);
  });
});

describe("a stack that was made with the SDK", () => {
  const { token: sdkToken, provider } = hostedType("connectedCluster");

  test("goes on with the plugin when the program names the former type, and nothing changes", async () => {
    const before = bare({ name: "moved" });
    const moved = { ...before, was: sdkToken };
    const others = { edge: bare(), shop, flux };
    await declare({ ...others, moved: { token: sdkToken, inputs: { ...before.inputs, __provider: provider } } });
    mustSucceed(await stack.up());
    await declare({ ...others, moved });
    expect(changesOf(mustSucceed(await stack.up()))).toEqual([]);
  });
});

test("destroying the stack leaves no record of it", async () => {
  mustSucceed(await whileAgentsWork(agent, stack.destroy()));
  for (const name of ["edge", "moved"]) expect((await arm.call(clusterUrl(name))).status).toBe(404);
});
