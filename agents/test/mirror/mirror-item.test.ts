import type { DesiredExtension, Report } from "@arcfleet/contract";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import { extensionConfigSpec, protectedSettingsData } from "../../src/config-agent/extension-config-spec.ts";
import { extensionDeletedReport, extensionReport } from "../../src/config-agent/extension-report.ts";
import { type ExtensionConfig, extensionConfigs } from "../../src/custom-resources/extension-config.ts";
import { mirrorItem } from "../../src/mirror/mirror-item.ts";
import { namespaces, readSecret, secrets } from "../../src/runtime/index.ts";
import { desiredExtension } from "../config-agent/sample.ts";
import { createMemoryKube, type MemoryKube } from "../support/memory-kube.ts";

const finalizer = "test/held";
const context = { key: "flux", signal: new AbortController().signal, log: pino({ level: "silent" }) };
const place = { name: "flux", namespace: "flux-system" };
const secretPlace = { name: "flux-protected-settings", namespace: "flux-system" };

let kube: MemoryKube;
let reports: Report[];

beforeEach(() => {
  kube = createMemoryKube();
  reports = [];
});

const objects = async (): Promise<readonly ExtensionConfig[]> => (await kube.list(extensionConfigs)).items;

const run = async (item: DesiredExtension) =>
  mirrorItem({
    agent: "config-agent",
    kube,
    kind: extensionConfigs,
    finalizer,
    outbox: { put: (report) => reports.push(report), run: async () => undefined },
    namespaceOf: ({ spec }: DesiredExtension) => spec.releaseNamespace,
    specOf: extensionConfigSpec,
    secretOf: (one) => ({ name: secretPlace.name, data: protectedSettingsData(one) }),
    reportOf: extensionReport,
    deletedReport: extensionDeletedReport,
  })({ item, objects: await objects() }, context);

describe("an item that is wanted", () => {
  test("gets its namespace, its Secret first, and the object, held by its controller's finalizer", async () => {
    await run(desiredExtension({}, { configurationProtectedSettings: { "db.password": "hunter2" } }));
    expect(kube.writes).toEqual([
      "create namespaces/flux-system",
      "apply secrets/flux-protected-settings",
      "apply extensionconfigs/flux",
      "apply secrets/flux-protected-settings",
    ]);
    const [object] = await objects();
    expect(object?.metadata.finalizers).toEqual([finalizer]);
    const secret = await kube.get(secrets, secretPlace);
    expect(readSecret(secret, "settings.json")).toBe('{"db.password":"hunter2"}');
    expect(secret?.metadata.ownerReferences).toEqual([expect.objectContaining({ uid: object?.metadata.uid })]);
    expect(reports).toMatchObject([{ state: "InProgress", generation: 7 }]);
  });

  test("is not written again while nothing changed", async () => {
    const item = desiredExtension({}, { configurationProtectedSettings: { a: "b" } });
    await run(item);
    const writes = kube.writes.length;
    await run(item);
    expect(kube.writes).toHaveLength(writes);
  });

  test("whose object somebody edited gets it back as it should be", async () => {
    await run(desiredExtension());
    await kube.patch(extensionConfigs, place, { spec: { version: "0.0.1" } });
    await run(desiredExtension());
    expect((await kube.get(extensionConfigs, place))?.spec.version).toBe("1.24.1");
  });

  test("that has nothing to protect any more leaves no secret values behind", async () => {
    await run(desiredExtension({}, { configurationProtectedSettings: { a: "b" } }));
    await run(desiredExtension({ generation: 8 }));
    expect((await kube.get(secrets, secretPlace))?.data).toEqual({});
  });

  test("reports what its controller says", async () => {
    await run(desiredExtension());
    const status = {
      status: "Installed",
      message: "",
      observedGeneration: 1,
      desiredGeneration: 7,
      currentVersion: "1.24.1",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    };
    await kube.patchStatus(extensionConfigs, place, status);
    await run(desiredExtension());
    expect(reports.at(-1)).toMatchObject({ state: "Succeeded", currentVersion: "1.24.1" });
  });

  test("waits while a namespace of its name is still going away", async () => {
    await kube.create(namespaces, { metadata: { name: "flux-system", finalizers: ["kubernetes"] } });
    await kube.delete(namespaces, { name: "flux-system" });
    expect(await run(desiredExtension())).toMatchObject({ kind: "again", why: expect.stringContaining("flux-system") });
    expect(await objects()).toEqual([]);
  });

  test("that moved to another namespace is removed from the old one first", async () => {
    await run(desiredExtension());
    const moved = desiredExtension({ generation: 8 }, { releaseNamespace: "elsewhere" });
    expect((await run(moved)).kind).toBe("again");
    expect((await objects()).map(({ metadata }) => metadata.namespace)).toEqual(["flux-system"]);
    await kube.patch(extensionConfigs, place, { metadata: { finalizers: [] } });
    await run(moved);
    expect((await objects()).map(({ metadata }) => metadata.namespace)).toEqual(["elsewhere"]);
  });
});

describe("an item that is to go", () => {
  test("is reported as deleted when its controller has let go of it, not earlier", async () => {
    await run(desiredExtension());
    reports.length = 0;
    const going = desiredExtension({ generation: 8, deleting: true });
    expect((await run(going)).kind).toBe("again");
    expect((await run(going)).kind).toBe("again");
    expect(reports).toEqual([]);
    await kube.patch(extensionConfigs, place, { metadata: { finalizers: [] } });
    expect((await run(going)).kind).toBe("done");
    expect(reports).toMatchObject([{ state: "Deleted", generation: 8 }]);
  });

  test("is reported at once when it was never there, as after a restart in between", async () => {
    await run(desiredExtension({ deleting: true }));
    expect(reports).toMatchObject([{ state: "Deleted" }]);
  });
});
