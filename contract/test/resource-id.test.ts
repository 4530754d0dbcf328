import {
  formatResourceId,
  InvalidResourceIdError,
  parentOf,
  parseResourceId,
  resourceKey,
  typeOf,
} from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";

const cluster = "/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Kubernetes/connectedClusters/c1";
const extension = `${cluster}/providers/Microsoft.KubernetesConfiguration/extensions/flux`;

describe("resource ids", () => {
  test.each([["/subscriptions/s1"], ["/subscriptions/s1/resourceGroups/g1"], [cluster], [extension]])(
    "%s is written back as it was read",
    (id) => expect(formatResourceId(parseResourceId(id))).toBe(id),
  );

  test("keywords are matched in any case and names keep theirs", () => {
    const id = parseResourceId(cluster.replace("resourceGroups", "resourcegroups").replace("c1", "MyCluster"));
    expect(formatResourceId(id)).toBe(cluster.replace("c1", "MyCluster"));
  });

  test("doubled slashes carry no meaning", () => {
    expect(parseResourceId(cluster.replaceAll("/", "//"))).toEqual(parseResourceId(cluster));
  });

  test("the parent of an extension is its cluster, that of a cluster its group", () => {
    const parent = parentOf(parseResourceId(extension));
    expect(parent && formatResourceId(parent)).toBe(cluster);
    expect(typeOf(parentOf(parseResourceId(cluster)) ?? { subscriptionId: "", segments: [] })).toBe(
      "Microsoft.Resources/resourceGroups",
    );
  });

  test.each(["", "/", "/resourceGroups/g", "/subscriptions", `${cluster}/providers/x`, "/subscriptions/s/foo/bar"])(
    "%j is refused",
    (text) => expect(() => parseResourceId(text)).toThrow(InvalidResourceIdError),
  );

  test("any id of legal segments survives a round trip and has one key in any case", () => {
    const word = fc
      .stringMatching(/^[A-Za-z][-A-Za-z0-9_.]{0,20}$/)
      .filter((text) => text.toLowerCase() !== "providers");
    fc.assert(
      fc.property(word, word, word, word, word, (subscription, group, namespace, type, name) => {
        const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/${namespace}/${type}/${name}`;
        expect(formatResourceId(parseResourceId(id))).toBe(id);
        expect(resourceKey(formatResourceId(parseResourceId(id.toUpperCase())))).toBe(resourceKey(id));
      }),
    );
  });
});
