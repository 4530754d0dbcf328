import { beforeEach, describe, expect, test } from "@jest/globals";
import { gitRepositories } from "../../src/custom-resources/flux-objects.ts";
import { applyChanged } from "../../src/fluxconfig-controller/apply-changed.ts";
import { createMemoryKube, type MemoryKube } from "../support/memory-kube.ts";

const { signal } = new AbortController();
const object = (url: string) => ({ metadata: { name: "fleet", namespace: "team" }, spec: { url } });
const live = () => kube.get(gitRepositories, object("").metadata);

let kube: MemoryKube;
let nowMs: number;
let objects: ReturnType<typeof applyChanged>;

beforeEach(() => {
  kube = createMemoryKube();
  nowMs = 0;
  objects = applyChanged(kube, () => nowMs);
});

describe("an object of Flux is written", () => {
  test("once, and again only when it is to be different", async () => {
    await objects.apply(gitRepositories, object("a"), { live: null, signal });
    await objects.apply(gitRepositories, object("a"), { live: (await live()) ?? null, signal });
    expect(kube.writes).toHaveLength(1);
    await objects.apply(gitRepositories, object("b"), { live: (await live()) ?? null, signal });
    expect(kube.writes).toHaveLength(2);
  });

  test("again when somebody changed it", async () => {
    await objects.apply(gitRepositories, object("a"), { live: null, signal });
    await kube.patch(gitRepositories, object("").metadata, { spec: { url: "theirs" } });
    await objects.apply(gitRepositories, object("a"), { live: (await live()) ?? null, signal });
    expect((await live())?.spec).toEqual({ url: "a" });
  });

  test("again when somebody removed it", async () => {
    await objects.apply(gitRepositories, object("a"), { live: null, signal });
    await objects.apply(gitRepositories, object("a"), { live: null, signal });
    expect(kube.writes).toHaveLength(2);
  });

  test("again after we removed it ourselves, though nobody watches it", async () => {
    await objects.apply(gitRepositories, object("a"), { signal });
    await objects.remove(gitRepositories, object("").metadata, signal);
    await objects.apply(gitRepositories, object("a"), { signal });
    expect(await live()).toBeDefined();
  });

  test("again after a while, when nobody watches it", async () => {
    await objects.apply(gitRepositories, object("a"), { signal });
    nowMs = 299_000;
    await objects.apply(gitRepositories, object("a"), { signal });
    expect(kube.writes).toHaveLength(1);
    nowMs = 301_000;
    await objects.apply(gitRepositories, object("a"), { signal });
    expect(kube.writes).toHaveLength(2);
  });
});
