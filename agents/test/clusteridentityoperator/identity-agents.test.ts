import { generateKeyPairSync, type webcrypto } from "node:crypto";
import "reflect-metadata";
import type { CertificateAnswer } from "@arcfleet/contract";
import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { Pkcs10CertificateRequest, X509CertificateGenerator } from "@peculiar/x509";
import { CertificateRefusedError } from "../../src/clusteridentityoperator/buy-token.ts";
import { certificateAgent } from "../../src/clusteridentityoperator/certificate-agent.ts";
import { createIdentityState } from "../../src/clusteridentityoperator/cluster-identity.ts";
import { tokenAgent } from "../../src/clusteridentityoperator/token-agent.ts";
import { ControlPlaneError } from "../../src/runtime/control-plane/control-plane-error.ts";
import { clusterMetadata, identityRequests } from "../../src/runtime/kube/arc-kinds.ts";
import { readSecret, secretData, secrets } from "../../src/runtime/kube/kinds.ts";
import { createFakeClock, settle } from "../support/fake-clock.ts";
import { createMemoryKube } from "../support/memory-kube.ts";
import { silentLog } from "../support/silent-log.ts";

const namespace = "azure-arc";
const cluster = {
  clusterId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/c",
  endpoint: "https://cp:1",
};
const day = 24 * 3_600_000;
const request = { name: "config-agent-identity-request", namespace };
const audience = cluster.endpoint;

let onboardingKey = "";
let ca: webcrypto.CryptoKeyPair;
beforeAll(async () => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  onboardingKey = privateKey;
  ca = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
});

const stop: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of stop.splice(0)) await end();
});

/** Both agents over objects in memory, and a control plane that does what the test says. */
async function start({ withKey = true, isDown = false } = {}) {
  const clock = createFakeClock();
  const kube = createMemoryKube();
  const world = { issued: 0, bought: 0, isDown, refusedIssue: 0 };
  const controlPlane = {
    async certificate({ csr }: { csr: string }): Promise<CertificateAnswer> {
      if (world.isDown) throw new ControlPlaneError(503, "ServiceUnavailable", "the control plane is down");
      world.issued += 1;
      const { publicKey } = new Pkcs10CertificateRequest(Buffer.from(csr, "base64"));
      const notBefore = new Date(clock.now());
      const notAfter = new Date(clock.now() + 90 * day);
      const signed = await X509CertificateGenerator.create({
        publicKey,
        notBefore,
        notAfter,
        subject: "CN=c",
        issuer: "CN=ca",
        serialNumber: `0${world.issued}`,
        signingKey: ca.privateKey,
        signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
      });
      return {
        certificateChain: signed.toString("pem"),
        notBefore: notBefore.toISOString(),
        notAfter: notAfter.toISOString(),
        renewAfter: new Date(clock.now() + 45 * day).toISOString(),
        clientId: `client${world.issued}`,
        tenantId: "t",
        tokenEndpoint: `${cluster.endpoint}/token`,
      };
    },
    tokens: async ({ extensionName }: { extensionName: string }) => ({
      accessToken: `token of ${extensionName}`,
      expiresOn: new Date(clock.now() + 3_600_000).toISOString(),
    }),
  };
  const identity = createIdentityState();
  const given = { kube, controlPlane, identity, cluster, log: silentLog, clock };
  const agents = [
    certificateAgent(given),
    tokenAgent({
      ...given,
      buy: async (certificate) => {
        if (world.isDown) throw new Error("the control plane is down");
        if (certificate.clientId === `client${world.refusedIssue}`)
          throw new CertificateRefusedError("AADSTS700016: unknown");
        world.bought += 1;
        return { token: `token ${world.bought} of ${certificate.clientId}`, expiresAtMs: clock.now() + 3_600_000 };
      },
    }),
  ];
  if (withKey) {
    const metadata = { name: "azure-arc-connect-privatekey", namespace };
    await kube.create(secrets, { metadata, data: secretData({ privateKey: onboardingKey }) });
  }
  const controller = new AbortController();
  const running = Promise.all(agents.map((agent) => agent.run(controller.signal)));
  const end = async () => {
    controller.abort(new Error("end of the test"));
    await running;
  };
  stop.push(end);

  const tokenOf = async () =>
    readSecret(await kube.get(secrets, { name: `${request.name}-token`, namespace }), "cluster-identity-token");
  const statusOf = async () => (await kube.get(identityRequests, request))?.status;
  /** Key pairs take real time, in which the fake clock stands still, or goes on by `stepMs` at each look. */
  const until = async (condition: () => Promise<boolean> | boolean, { stepMs = 0 } = {}) => {
    const deadline = Date.now() + 60_000;
    while (!(await condition())) {
      if (Date.now() > deadline)
        throw new Error(`not reached: ${JSON.stringify([world, await statusOf(), kube.writes])}`);
      await clock.advance(stepMs);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await settle();
  };
  /** The end of its run: only then has the agent set the alarm for the next one, and may a test turn the clock forward. */
  const isInUse = async () =>
    (await kube.get(clusterMetadata, { name: "clustermetadata", namespace }))?.status
      ?.managedIdentityCertificateExpirationTime !== undefined;
  const ask = () => kube.create(identityRequests, { metadata: request, spec: { audience } });
  return { clock, kube, world, end, tokenOf, statusOf, until, isInUse, ask };
}

describe("clusteridentityoperator", () => {
  test("a request is answered as soon as the first certificate is there", async () => {
    const { kube, ask, tokenOf, statusOf, until } = await start();
    await ask();
    await until(async () => (await statusOf())?.tokenReference !== undefined);
    expect(await tokenOf()).toBe("token 1 of client1");
    expect(await statusOf()).toMatchObject({
      tokenReference: { secretName: "config-agent-identity-request-token", dataName: "cluster-identity-token" },
      expirationTime: "2026-01-01T01:00:00.000Z",
    });
    const metadata = await kube.get(clusterMetadata, { name: "clustermetadata", namespace });
    expect(metadata?.status?.managedIdentityCertificateExpirationTime).toBe("2026-04-01T00:00:00.000Z");
  });

  test("a token is renewed at half its life", async () => {
    const { clock, ask, tokenOf, until } = await start();
    await ask();
    await until(async () => (await tokenOf()) !== undefined);
    await clock.advance(29 * 60_000);
    expect(await tokenOf()).toBe("token 1 of client1");
    await clock.advance(2 * 60_000);
    expect(await tokenOf()).toBe("token 2 of client1");
  });

  test("an owner who empties the expiration time gets a fresh token", async () => {
    const { kube, ask, statusOf, tokenOf, until } = await start();
    await ask();
    await until(async () => (await statusOf())?.expirationTime !== undefined);
    await kube.patchStatus(identityRequests, request, { expirationTime: "" });
    await until(async () => (await tokenOf()) === "token 2 of client1");
    expect((await statusOf())?.expirationTime).toBe("2026-01-01T01:00:00.000Z");
  });

  test("a request for an extension gets a token of that extension", async () => {
    const { kube, tokenOf, until } = await start();
    await kube.create(identityRequests, { metadata: request, spec: { audience, resourceId: "flux" } });
    await until(async () => (await tokenOf()) === "token of flux");
  });

  test("a certificate that the control plane no longer knows is replaced with the onboarding key", async () => {
    const { ask, tokenOf, until, world } = await start();
    world.refusedIssue = 1;
    await ask();
    await until(async () => (await tokenOf()) === "token 1 of client2", { stepMs: 100 });
    expect(world.issued).toBe(2);
  });

  test("a certificate is renewed from half its life on", async () => {
    const { clock, until, isInUse, world } = await start();
    await until(isInUse);
    await clock.advance(44 * day);
    expect(world.issued).toBe(1);
    await clock.advance(1 * day);
    await until(() => world.issued === 2);
  });

  test("a cluster that was away for a year comes back by itself", async () => {
    const { clock, ask, tokenOf, statusOf, until, world } = await start();
    await ask();
    await until(async () => (await tokenOf()) !== undefined);
    world.isDown = true;
    await clock.advance(3_600_000);
    expect((await statusOf())?.message).toBe("the control plane is down");
    clock.jump(365 * day);
    await clock.advance(60_000);
    world.isDown = false;
    // The certificate ended long ago; the onboarding key has not.
    await until(async () => (await tokenOf())?.endsWith("of client2") ?? false, { stepMs: 1000 });
    expect((await statusOf())?.message).toBeUndefined();
  });

  test("without the onboarding key it waits, and goes on when the key comes", async () => {
    const { clock, kube, until, world } = await start({ withKey: false });
    await clock.advance(10_000);
    expect(world.issued).toBe(0);
    const metadata = { name: "azure-arc-connect-privatekey", namespace };
    await kube.create(secrets, { metadata, data: secretData({ privateKey: onboardingKey }) });
    await until(() => world.issued === 1);
  });

  test("an unchanged request is not written again and again", async () => {
    const { clock, kube, ask, statusOf, until } = await start();
    await ask();
    await until(async () => (await statusOf())?.tokenReference !== undefined);
    const { length } = kube.writes;
    await clock.advance(20 * 60_000);
    expect(kube.writes.slice(length)).toEqual([]);
  });
});
