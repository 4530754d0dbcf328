import { afterEach, describe, expect, test } from "@jest/globals";
import { systemClock } from "../../src/runtime/clock.ts";
import { configMaps } from "../../src/runtime/kube/kinds.ts";
import { createKubeClient } from "../../src/runtime/kube/kube-client.ts";
import { waitForObject, watchSource } from "../../src/runtime/kube/watch-source.ts";
import { settle } from "../support/fake-clock.ts";
import { serve, type TestServer } from "../support/serve.ts";
import { silentLog } from "../support/silent-log.ts";

let server: TestServer | undefined;
let stop = new AbortController();
let ended: Promise<void> | undefined;
afterEach(async () => {
  stop.abort();
  await ended;
  await server?.close();
  stop = new AbortController();
});

const configMap = (name: string, resourceVersion: string, labels = {}) => ({
  metadata: { name, namespace: "n", uid: name, resourceVersion, labels },
  data: { version: resourceVersion },
});

/** An API server that plays a script: what each list answers, and what each watch says before it ends. */
async function play(script: { lists: object[][]; watches: (object[] | "hang")[] }) {
  const asked: string[] = [];
  let lists = 0;
  let watches = 0;
  server = await serve((request, response) => {
    const url = new URL(request.url ?? "", "http://server");
    if (url.searchParams.get("watch") === null) {
      asked.push("list");
      const items = script.lists[Math.min(lists, script.lists.length - 1)];
      lists += 1;
      response.end(JSON.stringify({ metadata: { resourceVersion: `list${lists}` }, items }));
      return;
    }
    asked.push(`watch ${url.searchParams.get("resourceVersion")}`);
    const events = script.watches[Math.min(watches, script.watches.length - 1)];
    watches += 1;
    response.writeHead(200);
    response.flushHeaders();
    if (events === "hang" || events === undefined) return;
    response.end(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  });
  const kube = createKubeClient({ server: server.url }, "test");
  return { kube, asked };
}

async function until(condition: () => boolean, state: () => unknown): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not reached; last state ${JSON.stringify(state())}`);
    await settle();
  }
}

const clock = { ...systemClock, sleep: async () => settle() };

describe("watchSource", () => {
  test("lists, then follows from there, and resumes at the last version it saw", async () => {
    const { kube, asked } = await play({
      lists: [[configMap("a", "1")]],
      watches: [
        [
          { type: "MODIFIED", object: configMap("a", "5") },
          { type: "BOOKMARK", object: { metadata: { resourceVersion: "9" } } },
        ],
        "hang",
      ],
    });
    const source = watchSource(kube, configMaps, { log: silentLog, clock });
    const changed: string[] = [];
    ended = source.run((key) => void changed.push(key), stop.signal);
    await until(
      () => asked.length >= 3,
      () => asked,
    );
    expect(asked).toEqual(["list", "watch list1", "watch 9"]);
    expect(changed).toEqual(["n/a", "n/a"]);
    expect(source.get("n/a")?.data).toEqual({ version: "5" });
  });

  test("lists again when its version is too old, and notices what went away meanwhile", async () => {
    const expired = { type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired", message: "too old" } };
    const { kube, asked } = await play({
      lists: [
        [configMap("a", "1"), configMap("b", "1")],
        [configMap("b", "1"), configMap("c", "2")],
      ],
      watches: [[expired], "hang"],
    });
    const source = watchSource(kube, configMaps, { log: silentLog, clock });
    const changed: string[] = [];
    ended = source.run((key) => void changed.push(key), stop.signal);
    await until(
      () => asked.length >= 4,
      () => asked,
    );
    expect(asked).toEqual(["list", "watch list1", "list", "watch list2"]);
    expect(changed).toEqual(["n/a", "n/b", "n/a", "n/c"]);
    expect(source.all().map(({ metadata }) => metadata.name)).toEqual(["b", "c"]);
  });

  test("tells nothing when only an uninteresting part changed", async () => {
    const { kube, asked } = await play({
      lists: [[configMap("a", "1")]],
      watches: [[{ type: "MODIFIED", object: configMap("a", "5") }], "hang"],
    });
    const version = ({ metadata }: { metadata: { uid?: string | undefined } }) => metadata.uid ?? "";
    const source = watchSource(kube, configMaps, { log: silentLog, clock, version });
    const changed: string[] = [];
    ended = source.run((key) => void changed.push(key), stop.signal);
    await until(
      () => asked.length >= 3,
      () => asked,
    );
    expect(changed).toEqual(["n/a"]);
    // The newest object is known all the same.
    expect(source.get("n/a")?.metadata.resourceVersion).toBe("5");
  });
});

describe("waitForObject", () => {
  test("answers as soon as an event satisfies it", async () => {
    const { kube } = await play({
      lists: [[]],
      watches: [
        [
          { type: "ADDED", object: configMap("a", "1") },
          { type: "MODIFIED", object: configMap("a", "2") },
        ],
      ],
    });
    const answer = await waitForObject(
      kube,
      configMaps,
      { name: "a", namespace: "n" },
      {
        timeoutMs: 5000,
        satisfied: (object) => (object?.data?.version === "2" ? "seen" : undefined),
        signal: stop.signal,
      },
    );
    expect(answer).toBe("seen");
  });

  test("says what it saw last when the time is over", async () => {
    const { kube } = await play({ lists: [[configMap("a", "1")]], watches: ["hang"] });
    const waiting = waitForObject(
      kube,
      configMaps,
      { name: "a", namespace: "n" },
      {
        timeoutMs: 50,
        satisfied: () => undefined,
        describe: (object) => `version ${object?.data?.version}`,
      },
    );
    await expect(waiting).rejects.toThrow("ConfigMap a: not as awaited within 0.05 s; last seen: version 1");
  });
});
