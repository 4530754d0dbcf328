import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import type { ArmClient } from "../../src/arm-client/arm-client.ts";
import type { ConnectedClusterFilter } from "../../src/lookups/connected-cluster-filter.ts";
import { listConnectedClusters } from "../../src/lookups/list-connected-clusters.ts";
import type { Settings } from "../../src/settings/index.ts";

interface Row {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly kubernetesVersion?: string;
}

const idOf = (name: string): string =>
  `/subscriptions/s/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/${name}`;
const recordOf = ({ name, tags = {}, kubernetesVersion = "1.34.2" }: Row) => ({
  id: idOf(name),
  name,
  type: "microsoft.kubernetes/connectedclusters",
  location: "westeurope",
  tags,
  properties: {
    agentPublicKeyCertificate: "",
    provisioningState: "Succeeded",
    connectivityStatus: "Connected",
    kubernetesVersion,
  },
});

/** A control plane with some clusters that are told two by two, and what it was asked. */
async function list(rows: readonly Row[], filter?: ConnectedClusterFilter) {
  const asked: string[] = [];
  const unused = (): never => {
    throw new Error("a look-up only reads");
  };
  const client: ArmClient = {
    endpoint: "https://test",
    async page(link, item) {
      const url = new URL(link, "https://test");
      asked.push(url.pathname.split("/").at(-1) ?? "");
      const tag = /^tagName eq '(.*)' and tagValue eq '(.*)'$/.exec(url.searchParams.get("$filter") ?? "");
      const held = rows.filter(({ tags = {} }) => tag === null || tags[tag[1] ?? ""] === tag[2]?.replaceAll("''", "'"));
      const from = Number(url.searchParams.get("from") ?? 0);
      const rest = held.slice(from, from + 2).map(recordOf);
      url.searchParams.set("from", String(from + 2));
      return { value: z.array(item).parse(rest), next: from + 2 < held.length ? url.href : undefined };
    },
    async get(id) {
      asked.push("get");
      const row = rows.find(({ name }) => id === idOf(name));
      return row && recordOf(row);
    },
    read: unused,
    put: unused,
    delete: unused,
    poll: unused,
    send: unused,
  };
  const found = await listConnectedClusters({ client, settings: { subscriptionId: "s" } as Settings }, filter);
  return { names: found.map(({ name }) => name), asked };
}

const many = (count: number, tags: Record<string, string>): Row[] =>
  Array.from({ length: count }, (_, at) => ({ name: `c${at}`, tags }));

describe("a list of clusters", () => {
  test("follows the pages to their end", async () => {
    expect(await list(many(5, {}))).toEqual({
      names: ["c0", "c1", "c2", "c3", "c4"],
      asked: ["connectedClusters", "connectedClusters", "connectedClusters"],
    });
  });

  test("by tag asks for names and reads the few that were found one by one", async () => {
    const rows = [{ name: "a", tags: { ring: "canary" } }, { name: "b" }, { name: "c", tags: { ring: "stable" } }];
    expect(await list(rows, { tags: { ring: "canary" } })).toEqual({ names: ["a"], asked: ["resources", "get"] });
  });

  test("by tag reads the whole list when many were found", async () => {
    const { names, asked } = await list([...many(33, { ring: "canary" }), { name: "other" }], {
      tags: { ring: "canary" },
    });
    expect(names).toHaveLength(33);
    expect(asked).not.toContain("get");
  });

  test("by several tags has each of them, with that very value", async () => {
    const rows: Row[] = [
      { name: "a", tags: { ring: "it's", Team: "x" } },
      { name: "b", tags: { ring: "it's", team: "X" } },
    ];
    expect((await list(rows, { tags: { ring: "it's", team: "x" } })).names).toEqual(["a"]);
  });

  test.each([
    ["1.34", ["a"]],
    ["v1.34.2", ["a"]],
    ["1.3", ["c"]],
    ["1.34.20", []],
  ])("by the version %s has those whose version begins with it", async (kubernetesVersion, names) => {
    const rows = [
      { name: "a" },
      { name: "b", kubernetesVersion: "1.35.1" },
      { name: "c", kubernetesVersion: "v1.3.0" },
    ];
    expect((await list(rows, { kubernetesVersion })).names).toEqual(names);
  });
});
