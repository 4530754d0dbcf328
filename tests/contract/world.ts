import { randomUUID } from "node:crypto";
import { ArmErrorBody, ArmResource, OperationStatus, type ResourceDefinition } from "@arcfleet/contract";
import { afterAll, beforeAll } from "@jest/globals";
import { type ArmCaller, armCaller } from "../support/arm-caller.ts";
import type { RunningControlPlane } from "../support/control-plane.ts";
import type { HttpAnswer, HttpCall } from "../support/http-call.ts";
import { onboardingKey } from "../support/onboarding-key.ts";
import { type SimulatedAgent, simulatedAgent } from "../support/simulated-agent.ts";
import { waitFor } from "../support/wait-for.ts";

/** A control plane with an Owner's caller: what every part of the contract suite acts on. */
export interface World extends AsyncDisposable {
  readonly controlPlane: RunningControlPlane;
  readonly arm: ArmCaller;
  /** A resource group for what only reads. */
  readonly group: string;
  /** Makes a resource group of a test's own. */
  newGroup(): Promise<string>;
  /** Attaches a simulated cluster that is `Connected`. */
  newCluster(group?: string, location?: string): Promise<SimulatedAgent>;
}

/** How one run of the suite gets its control plane. */
export type StartControlPlane = () => Promise<RunningControlPlane>;

export async function openWorld(start: StartControlPlane): Promise<World> {
  const controlPlane = await start();
  const arm = await armCaller(controlPlane.connection);
  const subscription = `/subscriptions/${controlPlane.connection.subscriptionId}`;

  const newGroup = async (): Promise<string> => {
    const id = `${subscription}/resourceGroups/group-${randomUUID().slice(0, 8)}`;
    const answer = await arm.call(`${id}?api-version=2024-11-01`, { method: "PUT", body: { location: "westeurope" } });
    if (answer.status !== 201) throw new Error(`creating a resource group answered ${answer.status}: ${answer.text}`);
    return id;
  };
  return {
    controlPlane,
    arm,
    group: await newGroup(),
    newGroup,
    async newCluster(group, location = "westeurope") {
      const key = onboardingKey();
      const id = `${group ?? (await newGroup())}/providers/Microsoft.Kubernetes/connectedClusters/cluster-${randomUUID().slice(0, 8)}`;
      const body = {
        location,
        identity: { type: "SystemAssigned" },
        properties: { agentPublicKeyCertificate: key.publicKeyBase64 },
      };
      const answer = await arm.call(`${id}?api-version=2024-01-01`, { method: "PUT", body });
      if (answer.status !== 201) throw new Error(`attaching a cluster answered ${answer.status}: ${answer.text}`);
      const agent = await simulatedAgent(controlPlane.connection, id, key);
      const beat = await agent.heartbeat();
      if (beat.status !== 200) throw new Error(`the first heartbeat answered ${beat.status}: ${beat.text}`);
      return agent;
    },
    [Symbol.asyncDispose]: () => controlPlane[Symbol.asyncDispose](),
  };
}

/** A world for all tests of the surrounding `describe`: opened before the first, closed after the last. */
export function useWorld(start: StartControlPlane): Omit<World, typeof Symbol.asyncDispose> {
  let opened: World | undefined;
  const world = (): World => {
    if (opened === undefined) throw new Error("the control plane did not start; see the error of the set-up");
    return opened;
  };
  beforeAll(async () => {
    opened = await openWorld(start);
  });
  afterAll(async () => {
    await opened?.[Symbol.asyncDispose]();
  });
  return {
    get controlPlane() {
      return world().controlPlane;
    },
    get arm() {
      return world().arm;
    },
    get group() {
      return world().group;
    },
    newGroup: () => world().newGroup(),
    newCluster: (...place) => world().newCluster(...place),
  };
}

/** A resource of one type in a fresh place, and what acts on it. */
export interface Subject {
  readonly id: string;
  /** Of its own, because some names are taken once in the whole subscription. */
  readonly name: string;
  /** The collection that it is listed in. */
  readonly collection: string;
  /** The agent that ends its operations; absent for what lives directly in a group. */
  readonly agent: SimulatedAgent | undefined;
  url(suffix?: string): string;
  get(call?: HttpCall): Promise<HttpAnswer>;
  put(properties?: object, call?: HttpCall): Promise<HttpAnswer>;
  patch(body: object): Promise<HttpAnswer>;
  delete(query?: string): Promise<HttpAnswer>;
  /** Lets the agent do its work, then waits until the operation of an answer has ended. */
  ended(answer: HttpAnswer): Promise<OperationStatus>;
}

export async function newSubject(
  world: Omit<World, typeof Symbol.asyncDispose>,
  definition: ResourceDefinition,
  name = `subject-${randomUUID().slice(0, 8)}`,
): Promise<Subject> {
  const agent = definition.parent === undefined ? undefined : await world.newCluster();
  const place = agent?.clusterId ?? (await world.newGroup());
  const example = definition.example.properties;
  // What stands on a cluster needs one that is there.
  const needed = "hostResourceId" in example ? { hostResourceId: (await world.newCluster()).clusterId } : {};
  const collection = `${place}/providers/${definition.namespace}/${definition.type}`;
  const id = `${collection}/${name}`;
  const url = (suffix = ""): string => `${id}${suffix}?api-version=${definition.providerApiVersion}`;
  const { arm } = world;
  return {
    id,
    name,
    collection,
    agent,
    url,
    get: (call) => arm.call(url(), call),
    put: (properties = {}, call = {}) =>
      arm.call(url(), {
        method: "PUT",
        body: { ...definition.example, properties: { ...example, ...needed, ...properties } },
        ...call,
      }),
    patch: (body) => arm.call(url(), { method: "PATCH", body }),
    delete: (query = "") => arm.call(`${url()}${query}`, { method: "DELETE" }),
    async ended(answer) {
      await agent?.settle();
      return operationEnd(arm, answer);
    },
  };
}

/** Polls what an answer points at until it is terminal. */
export async function operationEnd(arm: ArmCaller, answer: HttpAnswer): Promise<OperationStatus> {
  const link = answer.headers["azure-asyncoperation"];
  if (typeof link !== "string") throw new Error(`no Azure-AsyncOperation in ${answer.status} ${answer.text}`);
  return waitFor(
    async () => {
      const poll = await arm.call(link);
      if (poll.status !== 200) throw new Error(`the operation answered ${poll.status}: ${poll.text}`);
      return OperationStatus.parse(poll.json);
    },
    {
      timeoutMs: 10_000,
      describe: "the operation has ended",
      until: ({ status }) => ["Succeeded", "Failed", "Canceled"].includes(status),
    },
  );
}

export const resourceOf = (answer: HttpAnswer): ArmResource => ArmResource.parse(answer.json);

/** Status and code of an error answer, in one line that a failed test shows. */
export function errorOf(answer: HttpAnswer): string {
  const body = ArmErrorBody.safeParse(answer.json);
  return body.success
    ? `${answer.status} ${body.data.error.code}`
    : `${answer.status} without an ARM error: ${answer.text}`;
}
