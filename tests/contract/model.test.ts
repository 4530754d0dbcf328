import { connectedCluster, extension, fullType, type ResourceDefinition } from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { z } from "zod";
import { startControlPlane } from "../support/control-plane.ts";
import { fuzzSettings } from "./fuzz/fuzz-settings.ts";
import { errorOf, useWorld } from "./world.ts";

/** What a record is known to be; `settings` stands for what a client writes of it. */
interface Known {
  readonly tags: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly etag: string;
}

/** The clusters and their children as they must be: ids in lower case, as ARM compares them. */
type Model = Map<string, Known>;

const Answered = z.looseObject({
  id: z.string(),
  etag: z.string(),
  tags: z.record(z.string(), z.string()).optional(),
  properties: z.looseObject({ configurationSettings: z.record(z.string(), z.string()).nullish() }),
});
const Listed = z.object({ value: z.array(z.looseObject({ id: z.string() })), nextLink: z.string().nullish() });

const clusterVersion = connectedCluster.providerApiVersion;
const childVersion = extension.providerApiVersion;
const names = ["one", "two", "Three"] as const;
const tagNames = ["team", "Ring"] as const;

type Step =
  | { readonly kind: "put" | "patch" | "retag"; readonly cluster: string; readonly tags: Record<string, string> }
  | { readonly kind: "delete" | "get" | "listChildren"; readonly cluster: string; readonly isUpper: boolean }
  | { readonly kind: "list"; readonly pageSize: number }
  | {
      readonly kind: "putChild" | "patchChild";
      readonly cluster: string;
      readonly child: string;
      readonly settings: Record<string, string>;
    }
  | { readonly kind: "deleteChild" | "getChild"; readonly cluster: string; readonly child: string }
  | { readonly kind: "stalePut"; readonly cluster: string };

const cluster = fc.constantFrom(...names);
const child = fc.constantFrom("a", "b");
const words = fc.constantFrom("x", "y", "", "with space");
const tags = fc.dictionary(fc.constantFrom(...tagNames), words, { maxKeys: 2, noNullPrototype: true });
const settings = fc.dictionary(fc.constantFrom("a.b", "c"), words, { maxKeys: 2, noNullPrototype: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom("put" as const, "patch" as const, "retag" as const), cluster, tags }),
  fc.record({
    kind: fc.constantFrom("delete" as const, "get" as const, "listChildren" as const),
    cluster,
    isUpper: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("list" as const), pageSize: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constantFrom("putChild" as const, "patchChild" as const), cluster, child, settings }),
  fc.record({ kind: fc.constantFrom("deleteChild" as const, "getChild" as const), cluster, child }),
  fc.record({ kind: fc.constant("stalePut" as const), cluster }),
);

/** Any sequence of changes leaves what a few lines say that it must. Nothing waits for a cluster: these have no agents. */
describe("clusters and their extensions", () => {
  const world = useWorld(() => startControlPlane());

  test("are after any sequence of calls what the calls made of them", async () => {
    const { runs, seed } = fuzzSettings();
    const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const group = await world.newGroup();
      const model: Model = new Map();
      for (const one of steps) await run(group, model, one);
      await expectListed(group, model, 2);
    });
    await fc.assert(property, { numRuns: Math.max(5, Math.ceil(runs / 150)), seed, interruptAfterTimeLimit: 90_000 });
  });

  const idOf = (holder: string, definition: ResourceDefinition, name: string): string =>
    `${holder}/providers/${fullType(definition)}/${name}`;

  async function run(group: string, model: Model, one: Step): Promise<void> {
    if (one.kind === "list") return expectListed(group, model, one.pageSize);
    const id = idOf(group, connectedCluster, one.cluster);
    if ("child" in one) return runChild(model, id, one);
    const known = model.get(id.toLowerCase());
    switch (one.kind) {
      case "put":
        return keep(model, id, await putCluster(id, one.tags), {
          status: known ? 200 : 201,
          known: { tags: one.tags, settings: {} },
        });
      case "patch":
        return keepIf(known, model, id, await call("PATCH", id, clusterVersion, { tags: one.tags }), one.tags);
      case "retag": {
        const path = `${id}/providers/Microsoft.Resources/tags/default`;
        const answer = await call("PUT", path, "2024-11-01", { properties: { tags: one.tags } });
        expect(known ? answer.status : errorOf(answer)).toBe(known ? 200 : "404 ResourceNotFound");
        if (known) await reread(model, id, { ...known, tags: one.tags });
        return;
      }
      case "stalePut": {
        const answer = await putCluster(id, { team: "stale" }, { "if-match": '"stale"' });
        expect(errorOf(answer)).toBe("412 PreconditionFailed");
        return expectShown(model, id);
      }
      case "delete": {
        const answer = await call("DELETE", one.isUpper ? id.toUpperCase() : id, clusterVersion);
        expect(answer.status).toBe(known ? 202 : 204);
        for (const key of model.keys()) {
          if (key === id.toLowerCase() || key.startsWith(`${id.toLowerCase()}/`)) model.delete(key);
        }
        return;
      }
      case "listChildren":
        return expectChildren(model, id);
      default:
        return expectShown(model, id, one.isUpper);
    }
  }

  async function runChild(
    model: Model,
    clusterId: string,
    one: Extract<Step, { readonly child: string }>,
  ): Promise<void> {
    const id = idOf(clusterId, extension, one.child);
    const known = model.get(id.toLowerCase());
    const hasParent = model.has(clusterId.toLowerCase());
    if (!("settings" in one)) {
      if (one.kind === "getChild") return expectShown(model, id);
      const { status } = await call("DELETE", id, childVersion);
      expect(status).toBe(known ? 202 : 204);
      model.delete(id.toLowerCase());
      return;
    }
    const body = { properties: { extensionType: "microsoft.flux", configurationSettings: one.settings } };
    const answer = await call(one.kind === "putChild" ? "PUT" : "PATCH", id, childVersion, body);
    if (one.kind === "patchChild") {
      if (!known) return expect(errorOf(answer)).toBe("404 ResourceNotFound");
      // A merge patch: what is not named stays.
      return reread(model, id, { ...known, settings: { ...known.settings, ...one.settings } });
    }
    if (!hasParent) return expect(errorOf(answer)).toBe("404 ParentResourceNotFound");
    return keep(model, id, answer, { status: known ? 200 : 201, known: { tags: {}, settings: one.settings } });
  }

  const call = (method: string, id: string, version: string, body?: unknown, headers?: Record<string, string>) =>
    world.arm.call(`${id}?api-version=${version}`, { method, body, ...(headers ? { headers } : {}) });

  const putCluster = (id: string, own: Record<string, string>, headers?: Record<string, string>) =>
    call(
      "PUT",
      id,
      clusterVersion,
      { location: "westeurope", tags: own, properties: { agentPublicKeyCertificate: "" } },
      headers,
    );

  type Answer = Awaited<ReturnType<typeof call>>;

  async function keep(
    model: Model,
    id: string,
    answer: Answer,
    { status, known }: { readonly status: number; readonly known: Omit<Known, "etag"> },
  ): Promise<void> {
    expect({ status: answer.status, text: answer.text }).toMatchObject({ status });
    const before = model.get(id.toLowerCase());
    const { etag } = Answered.parse(answer.json);
    const isSame = before !== undefined && same(before, known);
    if (before !== undefined)
      expect({ isSame, isSameEtag: etag === before.etag }).toEqual({ isSame, isSameEtag: isSame });
    model.set(id.toLowerCase(), { ...known, etag });
    await expectShown(model, id);
  }

  async function keepIf(
    known: Known | undefined,
    model: Model,
    id: string,
    answer: Answer,
    own: Record<string, string>,
  ) {
    if (!known) return expect(errorOf(answer)).toBe("404 ResourceNotFound");
    expect(answer.status).toBe(200);
    return reread(model, id, { ...known, tags: own });
  }

  /** Takes the ETag from a read, where the answer to the change has none to compare. */
  async function reread(model: Model, id: string, known: Known): Promise<void> {
    const { etag } = Answered.parse((await call("GET", id, versionOf(id))).json);
    model.set(id.toLowerCase(), { ...known, etag });
    return expectShown(model, id);
  }

  const versionOf = (id: string): string => (id.includes(fullType(extension)) ? childVersion : clusterVersion);
  const same = (a: Omit<Known, "etag">, b: Omit<Known, "etag">): boolean =>
    JSON.stringify([sorted(a.tags), sorted(a.settings)]) === JSON.stringify([sorted(b.tags), sorted(b.settings)]);
  const sorted = (map: Readonly<Record<string, string>>) => Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));

  async function expectShown(model: Model, id: string, isUpper = false): Promise<void> {
    const known = model.get(id.toLowerCase());
    const answer = await call("GET", isUpper ? id.toUpperCase() : id, versionOf(id));
    if (!known) return expect(errorOf(answer)).toBe("404 ResourceNotFound");
    const shown = Answered.parse(answer.json);
    expect({
      id: shown.id.toLowerCase(),
      etag: shown.etag,
      tags: shown.tags ?? {},
      settings: shown.properties.configurationSettings ?? {},
    }).toEqual({ id: id.toLowerCase(), etag: known.etag, tags: known.tags, settings: known.settings });
  }

  async function expectListed(group: string, model: Model, pageSize: number): Promise<void> {
    const listed: string[] = [];
    let next: string | null | undefined =
      `${group}/providers/${fullType(connectedCluster)}?api-version=${clusterVersion}&$top=${pageSize}`;
    while (next) {
      const page = Listed.parse((await world.arm.call(next)).json);
      expect(page.value.length).toBeLessThanOrEqual(pageSize);
      listed.push(...page.value.map(({ id }) => id.toLowerCase()));
      next = page.nextLink;
    }
    const clusters = [...model.keys()].filter((key) => !key.includes(fullType(extension).toLowerCase()));
    expect(listed.toSorted()).toEqual(clusters.toSorted());
  }

  async function expectChildren(model: Model, id: string): Promise<void> {
    const answer = await call("GET", `${id}/providers/${fullType(extension)}`, childVersion);
    if (!model.has(id.toLowerCase())) return expect(errorOf(answer)).toBe("404 ResourceNotFound");
    const listed = Listed.parse(answer.json).value.map((one) => one.id.toLowerCase());
    expect(listed.toSorted()).toEqual(
      [...model.keys()].filter((key) => key.startsWith(`${id.toLowerCase()}/`)).toSorted(),
    );
  }
});
