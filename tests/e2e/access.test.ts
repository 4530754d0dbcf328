import { join } from "node:path";
import { fullType, roleAssignment } from "@arcfleet/contract";
import type { Workspace } from "@arcfleet/tools/pulumi/workspace.ts";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { z } from "zod";
import { type ArmCaller, armCaller } from "../support/arm-caller.ts";
import { type RunningControlPlane, startControlPlane } from "../support/control-plane.ts";
import { changesOf, mustSucceed, testProgram } from "../support/fleet.ts";
import { onboardingKey } from "../support/onboarding-key.ts";
import { simulatedAgent } from "../support/simulated-agent.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";
import type { Spec } from "./access-program/spec.ts";

/*
 * The resource types that need no cluster, and what programs read, with the real engine and the real control plane. Told once and
 * in order: each test goes on where the one before it ended.
 */

// The engine runs several times in each test, and the machine may be busy.
jest.setTimeout(10 * 60_000);

let folder: TempFolder;
let controlPlane: RunningControlPlane;
let arm: ArmCaller;
let program: Workspace;
let subscription: string;

beforeAll(async () => {
  folder = await tempFolder("access");
  controlPlane = await startControlPlane();
  arm = await armCaller(controlPlane.connection);
  subscription = `/subscriptions/${controlPlane.connection.subscriptionId}`;
  program = await open("declares");
});

afterAll(async () => {
  await controlPlane?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

const open = (stack: string): Promise<Workspace> =>
  testProgram("access-program", {
    stateFolder: join(folder.path, "pulumi"),
    stack,
    connectionFile: join(controlPlane.dataDir, "connection.json"),
  });

const declares = {
  group: { name: "fleet", location: "westeurope", tags: { team: "platform" } },
  roleDefinition: "Reader",
};
const declare = (changes: Partial<typeof declares> = {}): Promise<void> =>
  program.setConfig("access:spec", JSON.stringify({ declares: { ...declares, ...changes } } satisfies Spec));
const group = (name = "fleet"): string => `${subscription}/resourceGroups/${name}`;
const groupUrl = (name = "fleet"): string => `${group(name)}?api-version=2024-11-01`;

const Declared = z.object({
  declared: z.object({
    group: z.string(),
    cluster: z.string(),
    assignment: z.string(),
    role: z.string(),
    found: z.array(z.string()),
  }),
});
const declared = async () => Declared.parse(await program.outputs()).declared;

describe("a group with a role on it and a cluster in it", () => {
  test("is made in that order, and there is nothing to do afterwards", async () => {
    await declare();
    mustSucceed(await program.preview());
    expect(changesOf(mustSucceed(await program.up()))).toEqual(["edge: create", "group: create", "reader: create"]);
    const made = await declared();
    expect(made).toMatchObject({
      group: group(),
      role: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
    });
    expect(made.assignment).toMatch(new RegExp(`^${group()}/providers/${fullType(roleAssignment)}/[0-9a-f-]{36}$`));
    expect((await arm.call(`${made.assignment}?api-version=2022-04-01`)).status).toBe(200);
    mustSucceed(await program.refresh());
    expect(changesOf(mustSucceed(await program.preview()))).toEqual([]);
  });

  test("shows a changed tag of the group as a change of the group alone", async () => {
    await declare({ group: { ...declares.group, tags: { team: "edge" } } });
    const preview = mustSucceed(await program.preview());
    expect(changesOf(preview)).toEqual(["group: update"]);
    expect(preview.steps.find(({ name }) => name === "group")?.changes).toEqual({ "tags.team": "update" });
    mustSucceed(await program.up());
    expect((await arm.call(groupUrl())).json).toMatchObject({ tags: { team: "edge" } });
  });

  test("replaces the assignment for another role, and names roles that come close to one that does not exist", async () => {
    await declare({ roleDefinition: "Azure Arc Kubernetes View" });
    const failed = await program.up();
    expect(failed.exitCode).not.toBe(0);
    expect(failed.diagnostics.join("\n")).toContain("Did you mean 'Azure Arc Kubernetes");
    await declare({ roleDefinition: "Contributor" });
    mustSucceed(await program.up());
    expect((await declared()).role).toMatch(/b24988ac-6180-42a0-ab88-20f7382dd24c$/);
  });

  test("shows what was changed or deleted behind Pulumi's back, and mends it", async () => {
    const { assignment } = await declared();
    await arm.call(groupUrl(), { method: "PATCH", body: { tags: { team: "someone else" } } });
    await arm.call(`${assignment}?api-version=2022-04-01`, { method: "DELETE" });
    mustSucceed(await program.refresh());
    expect(changesOf(mustSucceed(await program.preview()))).toEqual(["group: update", "reader: create"]);
    mustSucceed(await program.up());
    expect((await declared()).assignment).toBe(assignment);
  });

  test("says before it happens that another location replaces all of it", async () => {
    await declare({ group: { ...declares.group, location: "northeurope" } });
    expect(changesOf(mustSucceed(await program.preview())).filter((line) => line.endsWith(": replace"))).toEqual([
      "edge: replace",
      "group: replace",
      "reader: replace",
    ]);
    await declare();
  });
});

test("a group that exists and holds something is not taken over", async () => {
  const other = await open("other");
  await other.setConfig("access:spec", JSON.stringify({ declares } satisfies Spec));
  const failed = await other.up();
  expect(failed.exitCode).not.toBe(0);
  expect(failed.diagnostics.join("\n")).toMatch(
    /resourceGroups\/fleet exists already, and there are resources in it.*ResourceGroup\.get/,
  );
});

test("everything that exists can be read by its id, and is neither changed nor deleted", async () => {
  const { cluster, extension, configuration } = await attachedCluster();
  const { assignment } = await declared();
  const reader = await open("reads");
  const reads = { group: group(), cluster, extension, configuration, assignment };
  const spec: Spec = { reads, looksUp: { group: "attached", cluster } };
  await reader.setConfig("access:spec", JSON.stringify(spec));
  mustSucceed(await reader.up());
  const { read, found } = await reader.outputs();
  expect(read).toEqual({
    group: ["fleet", "westeurope", { team: "platform" }],
    cluster: ["west", "attached", "westeurope", { ring: "stable" }, "Connected"],
    extension: ["flux", "microsoft.flux", "Succeeded"],
    configuration: ["apps", "Succeeded"],
    assignment: [group(), expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/b24988ac/)],
  });
  expect(found).toEqual({
    all: ["west", "edge"],
    inGroup: ["west"],
    tagged: ["west"],
    taggedOtherwise: [],
    connected: ["west"],
    oneVersion: ["west"],
    otherVersion: [],
    cluster: { connectivityStatus: "Connected", wasSeen: true },
    extension: "microsoft.flux",
    configuration: [],
    elsewhere: "west",
    wrong: expect.stringMatching(/There is no connected cluster .*\/nowhere/),
  });
  mustSucceed(await reader.destroy());
  expect((await arm.call(`${assignment}?api-version=2022-04-01`)).status).toBe(200);

  await reader.setConfig(
    "access:spec",
    JSON.stringify({ reads: { ...reads, group: group("nowhere") } } satisfies Spec),
  );
  const failed = await reader.up();
  expect(failed.exitCode).not.toBe(0);
  expect(failed.diagnostics.join("\n")).toMatch(/There is no resource group .*\/nowhere/);
});

test("destroying it removes the assignment, the cluster and the group", async () => {
  expect(changesOf(mustSucceed(await program.destroy()))).toEqual(["edge: delete", "group: delete", "reader: delete"]);
  expect((await arm.call(groupUrl())).status).toBe(404);
});

/** A cluster that someone else attached, with an extension and a configuration. */
async function attachedCluster() {
  const key = onboardingKey();
  const put = async (url: string, body: object): Promise<void> => {
    const answer = await arm.call(url, { method: "PUT", body });
    if (answer.status !== 201) throw new Error(`PUT ${url} answered ${answer.status}: ${answer.text}`);
  };
  const cluster = `${group("attached")}/providers/Microsoft.Kubernetes/connectedClusters/west`;
  const extension = `${cluster}/providers/Microsoft.KubernetesConfiguration/extensions/flux`;
  const configuration = `${cluster}/providers/Microsoft.KubernetesConfiguration/fluxConfigurations/apps`;
  await put(groupUrl("attached"), { location: "westeurope" });
  await put(`${cluster}?api-version=2024-07-01-preview`, {
    location: "westeurope",
    tags: { ring: "stable" },
    identity: { type: "SystemAssigned" },
    properties: { agentPublicKeyCertificate: key.publicKeyBase64 },
  });
  const agent = await simulatedAgent(controlPlane.connection, cluster, key);
  await agent.heartbeat();
  await put(`${extension}?api-version=2023-05-01`, { properties: { extensionType: "microsoft.flux" } });
  await put(`${configuration}?api-version=2025-04-01`, {
    properties: { sourceKind: "GitRepository", gitRepository: { url: "https://example.com/fleet.git" } },
  });
  await agent.settle();
  return { cluster, extension, configuration };
}
