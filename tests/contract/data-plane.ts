import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { dataPlanePath, GenerationEvent, HeartbeatAnswer } from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";
import { httpCall } from "../support/http-call.ts";
import { onboardingKey } from "../support/onboarding-key.ts";
import {
  certificateRequest,
  onboardingProof,
  type ProofParts,
  type SimulatedAgent,
} from "../support/simulated-agent.ts";
import { waitFor } from "../support/wait-for.ts";
import { errorOf, operationEnd, resourceOf, type StartControlPlane, useWorld } from "./world.ts";

const fluxPath = "/providers/Microsoft.KubernetesConfiguration/fluxConfigurations";
const fluxBody = {
  properties: {
    sourceKind: "GitRepository",
    gitRepository: { url: "https://example.com/fleet.git", repositoryRef: { branch: "main" } },
  },
};

/** What the agents of a cluster can and cannot do. */
export function describeDataPlane(start: StartControlPlane): void {
  const world = useWorld(start);

  const read = async (id: string) => resourceOf(await world.arm.call(`${id}?api-version=2024-01-01`));
  const putFlux = (agent: SimulatedAgent, name: string, body: object = fluxBody) =>
    world.arm.call(`${agent.clusterId}${fluxPath}/${name}?api-version=2025-04-01`, { method: "PUT", body });
  const readFlux = async (agent: SimulatedAgent, name: string) =>
    resourceOf(await world.arm.call(`${agent.clusterId}${fluxPath}/${name}?api-version=2025-04-01`));

  describe("the proof of the onboarding key", () => {
    const attach = async (key = onboardingKey()) => {
      const clusterId = `${await world.newGroup()}/providers/Microsoft.Kubernetes/connectedClusters/c`;
      const body = { location: "westeurope", properties: { agentPublicKeyCertificate: key.publicKeyBase64 } };
      await world.arm.call(`${clusterId}?api-version=2024-01-01`, { method: "PUT", body });
      return { clusterId, key };
    };
    const send = async (parts: Omit<ProofParts, "connection" | "csr"> & { csr?: Buffer; proofFor?: Buffer }) => {
      const { connection } = world.arm;
      const csr = parts.csr ?? (await certificateRequest()).csr;
      const proof = await onboardingProof({ ...parts, connection, csr: parts.proofFor ?? csr });
      return httpCall(`${connection.endpoint}${dataPlanePath(parts.clusterId, "certificate")}`, connection.caFile, {
        method: "POST",
        body: { csr: csr.toString("base64"), proof },
      });
    };

    test("buys a certificate, again and again", async () => {
      const cluster = await attach();
      expect([(await send(cluster)).status, (await send(cluster)).status]).toEqual([200, 200]);
    });

    test("is refused when another key signed it", async () => {
      const { clusterId } = await attach();
      expect(errorOf(await send({ clusterId, key: onboardingKey() }))).toBe("401 InvalidProofOfPossession");
    });

    test("is refused for a certificate request that it was not made for", async () => {
      const cluster = await attach();
      const other = (await certificateRequest()).csr;
      expect(errorOf(await send({ ...cluster, proofFor: other }))).toBe("401 InvalidProofOfPossession");
    });

    test("is refused the second time", async () => {
      const cluster = { ...(await attach()), jti: randomUUID(), csr: (await certificateRequest()).csr };
      expect((await send(cluster)).status).toBe(200);
      expect(errorOf(await send(cluster))).toBe("401 InvalidProofOfPossession");
    });

    test("is refused when it is old, and the error names the clock", async () => {
      const cluster = await attach();
      const answer = await send({ ...cluster, issuedAt: Math.floor(Date.now() / 1000) - 3600 });
      expect(errorOf(answer)).toBe("401 InvalidProofOfPossession");
      expect(answer.text).toMatch(/clock/i);
    });

    test("is refused for a cluster that does not exist, as if its key were wrong", async () => {
      const clusterId = `${world.group}/providers/Microsoft.Kubernetes/connectedClusters/nobody`;
      expect(errorOf(await send({ clusterId, key: onboardingKey() }))).toMatch(/^(401|403|404) /);
    });
  });

  test("a heartbeat makes the cluster Connected and shows what it is", async () => {
    const agent = await world.newCluster();
    await agent.heartbeat({ totalNodeCount: 7, kubernetesVersion: "1.34.9" });
    await waitFor(() => read(agent.clusterId), {
      timeoutMs: 5_000,
      describe: "the heartbeat shows",
      until: ({ properties }) => properties.totalNodeCount === 7,
    });
    expect((await read(agent.clusterId)).properties).toMatchObject({
      connectivityStatus: "Connected",
      kubernetesVersion: "1.34.9",
      agentVersion: "1.40.0",
    });
  });

  test("a cluster that never reported is Connecting, one without agents AgentNotInstalled", async () => {
    const put = async (key: string) => {
      const id = `${await world.newGroup()}/providers/Microsoft.Kubernetes/connectedClusters/c`;
      const body = { location: "westeurope", properties: { agentPublicKeyCertificate: key } };
      await world.arm.call(`${id}?api-version=2024-01-01`, { method: "PUT", body });
      return (await read(id)).properties.connectivityStatus;
    };
    expect([await put(onboardingKey().publicKeyBase64), await put("")]).toEqual(["Connecting", "AgentNotInstalled"]);
  });

  test("a token works for its own cluster only, whether or not the other one exists", async () => {
    const [mine, other] = await Promise.all([world.newCluster(), world.newCluster()]);
    const { connection } = world.arm;
    const knock = async (clusterId: string, verb: "heartbeat" | "desired-state") =>
      errorOf(
        await httpCall(
          `${connection.endpoint}${dataPlanePath(clusterId, verb)}${verb === "heartbeat" ? "" : "?since=0"}`,
          connection.caFile,
          {
            ...(verb === "heartbeat" ? { method: "POST", body: {} } : {}),
            headers: { authorization: `Bearer ${mine.token}` },
          },
        ),
      );
    const nobody = `${world.group}/providers/Microsoft.Kubernetes/connectedClusters/nobody`;
    for (const verb of ["heartbeat", "desired-state"] as const) {
      expect([await knock(other.clusterId, verb), await knock(nobody, verb)]).toEqual([
        "403 AuthorizationFailed",
        "403 AuthorizationFailed",
      ]);
    }
  });

  test("desired state holds what was put, resolved, and only what changed after the generation asked for", async () => {
    const agent = await world.newCluster();
    await world.arm.call(
      `${agent.clusterId}/providers/Microsoft.KubernetesConfiguration/extensions/flux?api-version=2023-05-01`,
      {
        method: "PUT",
        body: {
          properties: { extensionType: "Microsoft.Flux", configurationProtectedSettings: { token: "s3cret" } },
        },
      },
    );
    const first = await agent.desired("extension");
    expect(first.items).toMatchObject([
      {
        name: "flux",
        deleting: false,
        spec: {
          releaseNamespace: "flux-system",
          configurationProtectedSettings: { token: "s3cret" },
          chart: { url: expect.stringMatching(/^oci:\/\//), digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
        },
      },
    ]);
    expect((await agent.desired("extension", first.generation)).items).toEqual([]);
    await putFlux(agent, "apps");
    expect((await agent.desired("fluxConfiguration", first.generation)).items.map(({ name }) => name)).toEqual([
      "apps",
    ]);
    expect((await agent.desired("extension", first.generation)).items).toEqual([]);
  });

  test("an unchanged desired state answers 304", async () => {
    const agent = await world.newCluster();
    const query = "?since=0";
    const etag = (await agent.call("desired-state", { query })).headers.etag ?? "";
    expect(etag).not.toBe("");
    expect((await agent.call("desired-state", { query, headers: { "if-none-match": etag } })).status).toBe(304);
  });

  test("a write is announced on the open stream at once", async () => {
    const agent = await world.newCluster();
    const { connection } = world.arm;
    const events: GenerationEvent[] = [];
    const stream = request(`${connection.endpoint}${dataPlanePath(agent.clusterId, "notifications")}`, {
      ca: readFileSync(connection.caFile),
      headers: { authorization: `Bearer ${agent.token}`, accept: "text/event-stream" },
      agent: false,
    });
    let status = 0;
    stream.on("response", (answer) => {
      status = answer.statusCode ?? 0;
      answer.setEncoding("utf8");
      answer.on("data", (text: string) => {
        for (const [, data = ""] of text.matchAll(/^data: ?(.+)$/gm))
          events.push(GenerationEvent.parse(JSON.parse(data)));
      });
    });
    stream.on("error", () => undefined);
    stream.end();
    try {
      await waitFor(() => status, {
        timeoutMs: 5_000,
        describe: "the stream is open",
        until: (value) => value === 200,
      });
      const before = events.at(-1)?.generation ?? 0;
      await putFlux(agent, "apps");
      await waitFor(() => events.map(({ generation }) => generation), {
        timeoutMs: 5_000,
        describe: "a newer generation is announced",
        until: (generations) => generations.some((generation) => generation > before),
        intervalMs: 10,
      });
      const answer = HeartbeatAnswer.parse((await agent.heartbeat()).json);
      expect(answer.generation).toBe(events.at(-1)?.generation);
    } finally {
      stream.destroy();
    }
  });

  test("a failure report ends the operation with the cluster's own words", async () => {
    const agent = await world.newCluster();
    const put = await putFlux(agent, "apps");
    const [item] = (await agent.desired("fluxConfiguration")).items;
    await agent.report({
      kind: "fluxConfiguration",
      name: "apps",
      generation: item?.generation ?? 0,
      state: "Failed",
      complianceState: "Non-Compliant",
      errorMessage: "couldn't find remote ref refs/heads/nope",
      error: { code: "GitOperationFailed", message: "couldn't find remote ref refs/heads/nope" },
      observedAt: new Date().toISOString(),
    });
    const operation = await operationEnd(world.arm, put);
    expect(operation).toMatchObject({
      status: "Failed",
      error: { message: expect.stringContaining("refs/heads/nope") },
    });
    expect((await readFlux(agent, "apps")).properties).toMatchObject({
      provisioningState: "Failed",
      complianceState: "Non-Compliant",
      errorMessage: expect.stringContaining("refs/heads/nope"),
    });
  });

  test("a late report about an older generation does not end the newer operation", async () => {
    const agent = await world.newCluster();
    await putFlux(agent, "apps");
    const [old] = (await agent.desired("fluxConfiguration")).items;
    const second = await putFlux(agent, "apps", { properties: { ...fluxBody.properties, suspend: true } });
    const report = {
      kind: "fluxConfiguration",
      name: "apps",
      complianceState: "Compliant",
      state: "Succeeded",
    } as const;
    await agent.report({ ...report, generation: old?.generation ?? 0, observedAt: new Date().toISOString() });
    expect((await readFlux(agent, "apps")).properties.provisioningState).toMatch(/^(Creating|Updating)$/);
    await agent.settle();
    expect(await operationEnd(world.arm, second)).toMatchObject({ status: "Succeeded" });
  });

  test("a report about what nobody knows is answered so, and one sent twice changes nothing", async () => {
    const agent = await world.newCluster();
    const report = {
      kind: "extension",
      name: "nobody",
      generation: 1,
      state: "Succeeded",
      observedAt: new Date().toISOString(),
    } as const;
    expect((await agent.report(report)).unknown).toEqual([{ kind: "extension", name: "nobody" }]);
    await putFlux(agent, "apps");
    await agent.settle();
    const before = await readFlux(agent, "apps");
    await agent.settle();
    expect((await readFlux(agent, "apps")).etag).toBe(before.etag);
  });

  test("what the agents send is checked", async () => {
    const agent = await world.newCluster();
    const send = async (verb: "heartbeat" | "reports", body: unknown) =>
      errorOf(await agent.call(verb, { method: "POST", body }));
    expect(await send("heartbeat", { agentVersion: 5 })).toBe("400 InvalidRequestContent");
    expect(await send("reports", { reports: [{ kind: "unknown" }] })).toBe("400 InvalidRequestContent");
    expect(await send("reports", "{")).toBe("400 InvalidRequestContent");
  });
}
