import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DataPlaneVerb, DesiredState, dataPlanePath, dataPlaneVerbs, type Report } from "@arcfleet/contract";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Running, runControlPlane } from "../support/running.ts";
import { attachCluster, type TestCluster } from "../support/test-cluster.ts";

const heartbeat = { agentVersion: "1.40.0", kubernetesVersion: "1.34.2", totalNodeCount: 3, totalCoreCount: 12 };

describe("the agents' data plane", () => {
  let running: Running;
  let cluster: TestCluster;
  let other: TestCluster;
  let token: string;
  let charts: string;

  beforeAll(async () => {
    charts = await mkdtemp(join(tmpdir(), "arcfleet-charts-"));
    for (const [name, kinds] of [
      ["microsoft.flux", "fluxConfiguration"],
      ["plain", ""],
    ]) {
      await mkdir(join(charts, `${name}`), { recursive: true });
      const annotations = { "arcfleet.dev/extension-type": name, "arcfleet.dev/data-plane-kinds": kinds };
      await writeFile(
        join(charts, `${name}`, "Chart.yaml"),
        JSON.stringify({ apiVersion: "v2", name, version: "1.0.0", annotations }),
      );
    }
    running = await runControlPlane({ chartDirs: [charts] });
    cluster = await attachCluster(running, "edge");
    other = await attachCluster(running, "other");
    token = await cluster.token();
  });
  afterAll(async () => {
    await running.close();
    await rm(charts, { recursive: true, force: true });
  });

  const url = (verb: DataPlaneVerb, id = cluster.id) => dataPlanePath(id, verb);
  const clusterState = async () =>
    (
      await running.request("GET", `${cluster.id}?api-version=2024-07-01-preview`, {
        token: await running.ownerToken(),
      })
    ).json();

  async function putChild(type: string, name: string, properties: unknown): Promise<string> {
    const id = `${cluster.id}/providers/Microsoft.KubernetesConfiguration/${type}/${name}`;
    const answer = await running.request("PUT", `${id}?api-version=2023-05-01`, {
      token: await running.ownerToken(),
      body: { properties },
    });
    if (answer.status > 201) throw new Error(answer.body);
    return id;
  }

  const reads: readonly DataPlaneVerb[] = ["desired-state", "notifications", "heartbeat-stream"];
  const methodOf = (verb: DataPlaneVerb) => (reads.includes(verb) ? "GET" : "POST");

  test.each(dataPlaneVerbs.filter((verb) => verb !== "certificate"))(
    "%s: only the cluster itself may call, whatever else a caller may do",
    async (verb) => {
      const ask = (id: string, bearer?: string) =>
        running.request(methodOf(verb), url(verb, id), bearer === undefined ? {} : { token: bearer });
      expect((await ask(cluster.id)).status).toBe(401);
      for (const bearer of [await other.token(), await running.ownerToken()]) {
        const refused = await ask(cluster.id, bearer);
        expect(refused.status).toBe(403);
        expect(refused.json().error.code).toBe("AuthorizationFailed");
        // The same for a cluster that is not there.
        expect((await ask(`${cluster.id}-none`, bearer)).status).toBe(403);
      }
    },
  );

  test("a heartbeat makes the cluster Connected and fills in what it looks like", async () => {
    expect((await clusterState()).properties.connectivityStatus).toBe("Connecting");
    const answer = await running.request("POST", url("heartbeat"), { token, body: heartbeat });
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ generation: 0 });
    expect((await clusterState()).properties).toMatchObject({
      connectivityStatus: "Connected",
      kubernetesVersion: "1.34.2",
      totalNodeCount: 3,
      agentVersion: "1.40.0",
    });
  });

  test("many heartbeats at once are saved together", async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        running.request("POST", url("heartbeat"), { token, body: { ...heartbeat, totalNodeCount: index } }),
      ),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect((await clusterState()).properties.totalNodeCount).toBe(49);
  });

  test.each([[{}], [{ ...heartbeat, totalNodeCount: -1 }], [{ ...heartbeat, agentVersion: "x".repeat(100) }]])(
    "a malformed heartbeat is refused: %j",
    async (body) => {
      const answer = await running.request("POST", url("heartbeat"), { token, body });
      expect(answer.status).toBe(400);
      expect(answer.json().error.code).toBe("InvalidRequestContent");
    },
  );

  test("desired state: everything, what is new, and nothing when nothing changed", async () => {
    await putChild("extensions", "flux", {
      extensionType: "microsoft.flux",
      configurationProtectedSettings: { password: "s3cret" },
    });
    const first = await running.request("GET", url("desired-state"), { token });
    expect(first.status).toBe(200);
    expect(first.headers["cache-control"]).toBe("no-store");
    const state = DesiredState.parse(first.json());
    expect(state.items).toEqual([
      expect.objectContaining({
        kind: "extension",
        name: "flux",
        spec: expect.objectContaining({
          configurationProtectedSettings: { password: "s3cret" },
          chart: {
            url: expect.stringMatching(/^oci:\/\/127\.0\.0\.1:\d+\/charts\/microsoft\.flux$/),
            version: "1.0.0",
            digest: expect.any(String),
          },
        }),
      }),
    ]);
    const again = await running.request("GET", url("desired-state"), {
      token,
      headers: { "if-none-match": String(first.headers.etag) },
    });
    expect(again.status).toBe(304);
    const since = await running.request("GET", `${url("desired-state")}?since=${state.generation}`, { token });
    expect(since.json()).toEqual({ generation: state.generation, items: [] });
    expect((await running.request("GET", `${url("desired-state")}?since=-1`, { token })).status).toBe(400);
  });

  test("an extension's identity sees and reports its own kinds only, and nothing of another cluster", async () => {
    await putChild("fluxConfigurations", "apps", {
      namespace: "apps",
      sourceKind: "GitRepository",
      gitRepository: { url: "https://example.com/apps.git", repositoryRef: { branch: "main" } },
      kustomizations: { apps: { path: "./" } },
    });
    await putChild("extensions", "plain", { extensionType: "plain" });
    const { endpoint } = running.controlPlane;
    const bought = await running.request("POST", url("tokens"), {
      token,
      body: { audience: endpoint, extensionName: "flux" },
    });
    expect(bought.status).toBe(200);
    const fluxToken: string = bought.json().accessToken;
    expect(Date.parse(bought.json().expiresOn)).toBeGreaterThan(running.clock.now().getTime());

    const state = DesiredState.parse((await running.request("GET", url("desired-state"), { token: fluxToken })).json());
    expect(state.items.map(({ kind }) => kind)).toEqual(["fluxConfiguration"]);
    const report: Report = {
      kind: "extension",
      name: "flux",
      generation: 1,
      state: "Succeeded",
      observedAt: new Date().toISOString(),
    };
    const refused = await running.request("POST", url("reports"), { token: fluxToken, body: { reports: [report] } });
    expect(refused.status).toBe(403);
    expect(refused.json().error.message).toContain("may report fluxConfiguration, but not extension");
    expect((await running.request("POST", url("heartbeat"), { token: fluxToken, body: heartbeat })).status).toBe(403);
    expect(
      (
        await running.request("POST", url("tokens"), {
          token: fluxToken,
          body: { audience: endpoint, extensionName: "plain" },
        })
      ).status,
    ).toBe(403);
    expect((await running.request("GET", url("desired-state", other.id), { token: fluxToken })).status).toBe(403);

    const plain = await running.request("POST", url("tokens"), {
      token,
      body: { audience: endpoint, extensionName: "plain" },
    });
    expect((await running.request("GET", url("desired-state"), { token: plain.json().accessToken })).status).toBe(403);
  });

  test.each([
    ["an unknown extension", { audience: "ENDPOINT", extensionName: "none" }, 404],
    ["a foreign audience", { audience: "https://example.com", extensionName: "flux" }, 400],
  ])("no token for %s", async (_what, body, status) => {
    const audience = body.audience.replace("ENDPOINT", running.controlPlane.endpoint);
    const answer = await running.request("POST", url("tokens"), { token, body: { ...body, audience } });
    expect(answer.status).toBe(status);
  });

  test("reports end the operation, and unknown items are named", async () => {
    const report = (name: string): Report => ({
      kind: "extension",
      name,
      generation: 1_000_000,
      state: "Succeeded",
      currentVersion: "1.0.0",
      observedAt: running.clock.now().toISOString(),
    });
    const answer = await running.request("POST", url("reports"), {
      token,
      body: { reports: [report("flux"), report("gone")] },
    });
    expect(answer.json()).toEqual({ unknown: [{ kind: "extension", name: "gone" }] });
    const id = `${cluster.id}/providers/Microsoft.KubernetesConfiguration/extensions/flux`;
    const shown = await running.request("GET", `${id}?api-version=2023-05-01`, { token: await running.ownerToken() });
    expect(shown.json().properties).toMatchObject({ provisioningState: "Succeeded", currentVersion: "1.0.0" });
    expect(shown.body).not.toContain("s3cret");
  });

  test("notifications begin with the current generation and tell each change", async () => {
    const { controlPlane } = running;
    const events: number[] = [];
    const stream = await new Promise<import("node:http").IncomingMessage>((resolve, reject) => {
      get(
        `${controlPlane.endpoint}${url("notifications")}`,
        { ca: controlPlane.services.pki.caPem, headers: { authorization: `Bearer ${token}` } },
        resolve,
      ).on("error", reject);
    });
    expect(stream.statusCode).toBe(200);
    expect(stream.headers["content-type"]).toMatch(/^text\/event-stream/);
    let buffered = "";
    const changed = new Promise<void>((resolve) => {
      stream.on("data", (chunk: Buffer) => {
        buffered += chunk.toString();
        for (const match of buffered.matchAll(/event: generation\ndata: (.*)\n\n/g))
          events.push(JSON.parse(match[1] ?? "").generation);
        buffered = buffered.slice(buffered.lastIndexOf("\n\n") + 2);
        if (events.length >= 2) resolve();
      });
    });
    const before = await controlPlane.services.generations.current(cluster.id.toLowerCase());
    await putChild("extensions", "plain", { extensionType: "plain", configurationSettings: { a: String(Date.now()) } });
    await changed;
    expect(events[0]).toBe(before);
    expect(events.at(-1)).toBe(before + 1);
    stream.destroy();
  });

  test("a deleted cluster's identity is refused, and its heartbeat brings nothing back", async () => {
    const doomed = await attachCluster(running, "doomed");
    const doomedToken = await doomed.token();
    const beat = () => running.request("POST", url("heartbeat", doomed.id), { token: doomedToken, body: heartbeat });
    expect((await beat()).status).toBe(200);
    const answer = await running.request("DELETE", `${doomed.id}?api-version=2024-07-01-preview`, {
      token: await running.ownerToken(),
    });
    expect(answer.status).toBeLessThan(300);
    expect((await beat()).status).toBe(401);
    const rows = await running.controlPlane.services.store.read
      .selectFrom("cluster_status")
      .select("cluster_key")
      .execute();
    expect(rows.map((row) => row.cluster_key)).not.toContain(doomed.id.toLowerCase());
  });
});
