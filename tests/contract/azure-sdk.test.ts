import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { z } from "zod";
import { type SpawnedControlPlane, spawnControlPlane } from "../support/control-plane.ts";
import { openWorld } from "./world.ts";

const Line = z.object({ step: z.string(), value: z.unknown() });

let controlPlane: SpawnedControlPlane;
const told = new Map<string, unknown>();
let complaints = "";

beforeAll(async () => {
  controlPlane = await spawnControlPlane();
  const { group } = await openWorld(async () => controlPlane);
  const story = await execa(
    process.execPath,
    [
      join(import.meta.dirname, "azure-sdk-story.ts"),
      join(controlPlane.dataDir, "connection.json"),
      group.split("/").at(-1) ?? "",
    ],
    {
      env: { NODE_EXTRA_CA_CERTS: controlPlane.connection.caFile, NODE_OPTIONS: "" },
      reject: false,
      timeout: 120_000,
    },
  );
  complaints = story.stderr;
  for (const line of story.stdout.split("\n").filter(Boolean)) {
    const { step, value } = Line.parse(JSON.parse(line));
    told.set(step, value);
  }
}, 150_000);

afterAll(async () => {
  await controlPlane?.[Symbol.asyncDispose]();
});

describe("the unmodified Azure SDKs", () => {
  test("complain about nothing", () => {
    expect(complaints).toBe("");
  });

  test("attach a cluster with a client secret", () => {
    expect(told.get("attach")).toMatchObject({
      name: "sdk-cluster",
      location: "westeurope",
      provisioningState: "Succeeded",
      connectivityStatus: "Connecting",
      tags: { made: "by-sdk" },
      identity: { principalId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  test("list and tag it", () => {
    expect(told.get("list")).toEqual(["sdk-cluster anew"]);
  });

  test("write a cluster anew without taking away what a newer client set", () => {
    expect(told.get("mixed")).toEqual({
      bySdk: "by-sdk",
      distribution: "by-sdk",
      azureHybridBenefit: "True",
      gateway: { enabled: true },
    });
  });

  test("install an extension and wait until the cluster says that it is there", () => {
    expect(told.get("extension")).toMatchObject({
      name: "flux",
      provisioningState: "Succeeded",
      releaseTrain: "Stable",
      configurationProtectedSettings: { token: "" },
    });
  });

  test("deliver a repository, change it with a merge patch, and remove it", () => {
    expect(told.get("flux")).toMatchObject({ complianceState: "Compliant", provisioningState: "Succeeded" });
    expect(told.get("patched")).toEqual(["one", "two"]);
    expect(told.get("removed")).toMatchObject({ statusCode: 404, code: "ResourceNotFound" });
  });

  test("ask about all of it in a query, page by page, and are told what is wrong with one", () => {
    expect(told.get("inventory")).toEqual({
      total: 2,
      truncated: "false",
      first: [{ type: "fluxconfigurations", name: "apps" }],
      rest: {
        columns: [
          { name: "type", type: "object" },
          { name: "name", type: "string" },
        ],
        rows: [["extensions", "flux"]],
      },
    });
    expect(told.get("wrong query")).toMatchObject({
      code: "BadRequest",
      statusCode: 400,
      message: expect.stringContaining("The operator 'render' is not supported"),
    });
  });

  test("detach the cluster, and doing it twice is no error", () => {
    expect(told.get("detached")).toMatchObject({ statusCode: 404, code: "ResourceNotFound" });
  });

  test("are told when the secret is wrong", () => {
    expect(told.get("wrong secret")).toMatchObject({ message: expect.stringContaining("AADSTS7000215") });
  });
});
