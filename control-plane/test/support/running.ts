import { connectedCluster, helmSettingsApiVersion } from "@arcfleet/contract";
import { testDatabase } from "../../../tests/support/test-database.ts";
import { type ControlPlane, startControlPlane } from "../../src/control-plane.ts";
import type { SettingsInput } from "../../src/settings.ts";
import { type TestClock, testClock } from "./identity-fixture.ts";
import { tempFolder } from "./temp-folder.ts";

/** A control plane in this process on a free port, with a data folder that goes with it. */
export interface Running {
  readonly controlPlane: ControlPlane;
  readonly clock: TestClock;
  readonly dataDir: string;
  /** A token of the Owner. */
  ownerToken(): Promise<string>;
  request(method: "GET" | "PUT" | "POST" | "DELETE", path: string, options?: RequestOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface RequestOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | number | undefined>;
  readonly body: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at any part of an answer
  json(): any;
}

export async function runControlPlane(settings: Partial<SettingsInput> = {}): Promise<Running> {
  await using started = new AsyncDisposableStack();
  const { path: dataDir } = started.use(await tempFolder());
  const database = started.use(await testDatabase());
  const clock = testClock();
  const controlPlane = started.adopt(
    await startControlPlane({ logLevel: "silent", ...database.settings, ...settings, dataDir }, { clock }),
    (running) => running.close(),
  );
  const disposal = started.move();
  const { identity } = controlPlane.services;
  return {
    controlPlane,
    clock,
    dataDir,
    async ownerToken() {
      const { clientId, clientSecret, endpoint } = controlPlane.connection;
      const form = {
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
        scope: `${endpoint}/.default`,
      };
      return (await identity.requestToken(form, "test")).accessToken;
    },
    async request(method, url, { token, body, headers = {} } = {}) {
      const answer = await controlPlane.app.inject({
        method,
        url,
        headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
        ...(body === undefined ? {} : { payload: body as object }),
      });
      return { status: answer.statusCode, headers: answer.headers, body: answer.body, json: () => answer.json() };
    },
    close: () => disposal.disposeAsync(),
  };
}

/** Makes a resource group and a connected cluster with the given onboarding key; answers with the cluster's id. */
export async function putCluster(running: Running, name: string, agentPublicKeyCertificate: string): Promise<string> {
  const token = await running.ownerToken();
  const { subscriptionId } = running.controlPlane.connection;
  const group = `/subscriptions/${subscriptionId}/resourceGroups/fleet`;
  const madeGroup = await running.request("PUT", `${group}?api-version=2024-11-01`, {
    token,
    body: { location: "westeurope" },
  });
  if (madeGroup.status > 201) throw new Error(madeGroup.body);
  const id = `${group}/providers/Microsoft.Kubernetes/connectedClusters/${name}`;
  const answer = await running.request("PUT", `${id}?api-version=${helmSettingsApiVersion}`, {
    token,
    body: { ...connectedCluster.example, properties: { agentPublicKeyCertificate } },
  });
  if (answer.status > 201) throw new Error(answer.body);
  return id;
}
