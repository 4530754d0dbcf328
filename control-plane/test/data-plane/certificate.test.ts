import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { CertificateAnswer, dataPlanePath } from "@arcfleet/contract";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Running, runControlPlane } from "../support/running.ts";
import { attachCluster, makeRequest, type TestCluster } from "../support/test-cluster.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const foreignKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

describe("the certificate exchange", () => {
  let running: Running;
  let cluster: TestCluster;
  let count = 0;
  beforeEach(async () => {
    running ??= await runControlPlane();
    // A cluster for each test: failed proofs are counted by cluster.
    cluster = await attachCluster(running, `edge-${count++}`);
  });
  afterAll(() => running.close());

  test("proof of the onboarding key gets a certificate of ninety days for the cluster's identity", async () => {
    const answer = await cluster.exchange();
    expect(answer.status).toBe(200);
    const { certificateChain, notAfter, renewAfter, clientId, tenantId, tokenEndpoint } = CertificateAnswer.parse(
      answer.json(),
    );
    const { connection, services } = running.controlPlane;
    expect(tenantId).toBe(connection.tenantId);
    expect(tokenEndpoint).toBe(`${connection.endpoint}/${tenantId}/oauth2/v2.0/token`);
    const now = running.clock.now().getTime();
    expect(Math.round((Date.parse(notAfter) - now) / DAY_MS)).toBe(90);
    expect(Math.round((Date.parse(renewAfter) - now) / DAY_MS)).toBe(45);
    const leaf = new X509Certificate(certificateChain);
    expect(leaf.checkIssued(new X509Certificate(services.pki.identities.certificatePem))).toBe(true);
    const application = await services.identity.applications.findByAppId(clientId);
    expect(application?.resourceId).toBe(cluster.id);
    expect(leaf.subject).toBe(`CN=${application?.principalId}`);
  });

  test("the certificate buys tokens of that identity", async () => {
    const caller = await running.controlPlane.services.authenticate(`Bearer ${await cluster.token()}`);
    expect(caller).toMatchObject({ kind: "ManagedIdentity", resourceId: cluster.id });
  });

  test("a cluster that comes back after its certificate ended recovers by itself", async () => {
    await cluster.token();
    running.clock.advance(100 * DAY_MS);
    await expect(cluster.token()).resolves.toBeDefined();
  });

  test.each<
    [
      string,
      (c: TestCluster) => Promise<{ status: number; json(): { error: { code: string; message: string } } }>,
      RegExp,
    ]
  >([
    [
      "signed with another key",
      (c) => c.exchange({}, foreignKey),
      /No connected cluster '.*' has the onboarding key that signed this proof/,
    ],
    [
      "about another cluster",
      (c) => c.exchange({ sub: `${c.id}x`.toLowerCase() }),
      /is about '.*x', but the request is about/,
    ],
    [
      "for another control plane",
      (c) => c.exchange({ aud: "https://example.com" }),
      /made for 'https:\/\/example\.com'; this control plane is 'https:\/\/127/,
    ],
    ["for another request", (c) => c.exchange({ csr: "AAAA" }), /another certificate request/],
    ["that would live too long", (c) => c.exchange({ exp: Math.floor(Date.now() / 1000) + 10 ** 9 }), /at most 300/],
    [
      "from a clock an hour ahead",
      (c) => {
        const iat = Math.floor(running.clock.now().getTime() / 1000) + 3600;
        return c.exchange({ iat, exp: iat + 240 });
      },
      /clocks differ too much: the proof was made at \d{4}-.*Z by the cluster's clock, and here it is \d{4}-.*Z/,
    ],
    ["without id", (c) => c.exchange({ jti: undefined }), /not a JWT with iss, sub/],
  ])("a proof %s is refused with what to do", async (_what, exchange, reason) => {
    const answer = await exchange(cluster);
    expect(answer.status).toBe(401);
    expect(answer.json().error).toMatchObject({
      code: "InvalidProofOfPossession",
      message: expect.stringMatching(reason),
    });
  });

  test("clocks that differ by some minutes are accepted", async () => {
    const iat = Math.floor(running.clock.now().getTime() / 1000) - 400;
    expect((await cluster.exchange({ iat, exp: iat + 240 })).status).toBe(200);
  });

  test("a proof works once", async () => {
    const { csr } = await makeRequest();
    const body = { proof: await cluster.makeProof(csr), csr: csr.toString("base64") };
    const post = () => running.request("POST", dataPlanePath(cluster.id, "certificate"), { body });
    expect((await post()).status).toBe(200);
    const again = await post();
    expect(again.status).toBe(401);
    expect(again.json().error.message).toContain("used before");
  });

  test("a cluster that does not exist is answered like one with another key", async () => {
    const { csr } = await makeRequest();
    const id = `${cluster.id}-none`;
    const proof = await cluster.makeProof(csr, { iss: id.toLowerCase(), sub: id.toLowerCase() });
    const answer = await running.request("POST", dataPlanePath(id, "certificate"), {
      body: { proof, csr: csr.toString("base64") },
    });
    expect(answer.status).toBe(401);
    expect(answer.json().error.message).toContain("has the onboarding key that signed this proof");
  });

  test("a request that is no signed PKCS#10 is refused", async () => {
    const csr = Buffer.from("nonsense");
    const proof = await cluster.makeProof(csr);
    const answer = await running.request("POST", dataPlanePath(cluster.id, "certificate"), {
      body: { proof, csr: csr.toString("base64") },
    });
    expect(answer.status).toBe(400);
    expect(answer.json().error).toMatchObject({ code: "InvalidRequestContent", target: "csr" });
  });

  test.each([[{}], [{ proof: 1, csr: 2 }], [{ proof: "x".repeat(20_000), csr: "" }], [[]]])(
    "a body of the wrong shape is refused: %j",
    async (body) => {
      const answer = await running.request("POST", dataPlanePath(cluster.id, "certificate"), { body });
      expect(answer.status).toBe(400);
    },
  );

  test("after ten wrong proofs of one cluster further ones have to wait", async () => {
    for (let tries = 0; tries < 10; tries++) expect((await cluster.exchange({}, foreignKey)).status).toBe(401);
    const answer = await cluster.exchange({}, foreignKey);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  });

  test("a replaced onboarding key ends the certificates that the old one got", async () => {
    const token = await cluster.token();
    await running.controlPlane.services.authenticate(`Bearer ${token}`);
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({
      format: "der",
      type: "pkcs1",
    });
    const answer = await running.request("PUT", `${cluster.id}?api-version=2024-07-01-preview`, {
      token: await running.ownerToken(),
      body: { location: "westeurope", properties: { agentPublicKeyCertificate: other.toString("base64") } },
    });
    expect(answer.status).toBe(200);
    const { identity, store } = running.controlPlane.services;
    const application = await identity.applications.findByResource(cluster.id);
    const rows = await store.read
      .selectFrom("application_credentials")
      .selectAll()
      .where("app_id", "=", application?.appId ?? "")
      .execute();
    expect(rows).toEqual([]);
    expect((await cluster.exchange()).status).toBe(401);
  });
});
