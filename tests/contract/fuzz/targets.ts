/** What requests are aimed at: things that exist, things that could, and things that never can. */
import { randomUUID } from "node:crypto";
import {
  connectedCluster,
  extension,
  fluxConfiguration,
  fullType,
  sourceControlConfiguration,
} from "@arcfleet/contract";
import type { SimulatedAgent } from "../../support/simulated-agent.ts";
import type { World } from "../world.ts";

export const callers = ["owner", "reader", "nobody", "cluster", "none", "garbage"] as const;
export type CallerName = (typeof callers)[number];

export interface Targets {
  readonly endpoint: string;
  readonly caFile: string;
  readonly tokens: Readonly<Record<CallerName, string | undefined>>;
  /** Values of path parameters that lead to something. */
  readonly existing: Readonly<Record<string, readonly string[]>>;
  /** Values that may be created and deleted at will. */
  readonly scratch: Readonly<Record<string, readonly string[]>>;
  /** What no answer may hold. */
  readonly secrets: readonly string[];
  /** Makes again what requests took away. */
  restore(): Promise<void>;
}

/** Put wherever a body has secret values; answers are searched for it. */
export const secretMark = "s3cr3t-of-the-fuzzer";

const clusterVersion = "2024-01-01";
const childVersion = "2023-05-01";

export async function makeTargets(world: Omit<World, typeof Symbol.asyncDispose>): Promise<Targets> {
  const { arm } = world;
  const { subscriptionId, tenantId, endpoint, caFile, clientSecret } = arm.connection;
  const subscription = `/subscriptions/${subscriptionId}`;
  const groupName = world.group.split("/").at(-1) ?? "";
  const agent = await world.newCluster(world.group);
  const [reader, nobody] = [await world.newCluster(), await world.newCluster()];
  const clusterName = agent.clusterId.split("/").at(-1) ?? "";

  const put = async (path: string, body: object): Promise<void> => {
    const answer = await arm.call(path, { method: "PUT", body });
    if (answer.status >= 300 && answer.status !== 409) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  };
  const role = (scope: string, name: string, principalId: string) =>
    put(`${scope}/providers/Microsoft.Authorization/roleAssignments/${name}?api-version=2022-04-01`, {
      properties: { roleDefinitionId: "acdd72a7-3385-48ef-bd42-f606fba81ae7", principalId },
    });
  const readerAssignment = randomUUID();
  await role(subscription, readerAssignment, await principalOf(world, reader));

  const child = (type: string, name: string): string =>
    `${agent.clusterId}/providers/${type}/${name}?api-version=${childVersion}`;
  const restore = async (): Promise<void> => {
    await put(child(fullType(extension), "flux"), extension.example);
    await put(child(fullType(fluxConfiguration), "apps"), fluxConfiguration.example);
    await put(child(fullType(sourceControlConfiguration), "legacy"), sourceControlConfiguration.example);
    await put(`${subscription}/resourceGroups/scratch-a?api-version=2024-11-01`, { location: "westeurope" });
    await put(
      `${subscription}/resourceGroups/scratch-a/providers/${fullType(connectedCluster)}/scratch-a?api-version=${clusterVersion}`,
      { location: "westeurope", properties: { agentPublicKeyCertificate: "" } },
    );
  };
  await restore();
  const names = ["scratch-a", "scratch-b"];
  return {
    endpoint,
    caFile,
    tokens: {
      owner: `Bearer ${arm.token}`,
      reader: `Bearer ${reader.token}`,
      nobody: `Bearer ${nobody.token}`,
      cluster: `Bearer ${agent.token}`,
      none: undefined,
      garbage: "Bearer eyJhbGciOiJub25lIn0.e30.",
    },
    existing: {
      subscriptionId: [subscriptionId, subscriptionId.toUpperCase()],
      tenantId: [tenantId, "organizations", "common"],
      resourceGroupName: [groupName, groupName.toUpperCase()],
      connectedClusterName: [clusterName],
      extensionName: ["flux"],
      fluxConfigurationName: ["apps"],
      sourceControlConfigurationName: ["legacy"],
      extensionType: ["microsoft.flux", "MICROSOFT.FLUX"],
      version: ["2.8.1"],
      location: ["westeurope", "local"],
      namespace: ["Microsoft.Kubernetes", "microsoft.kubernetesconfiguration", "Microsoft.Resources"],
      roleDefinitionId: ["acdd72a7-3385-48ef-bd42-f606fba81ae7"],
      roleAssignmentName: [readerAssignment],
      path: ["charts/microsoft.flux/tags/list", "charts/azure-arc-k8sagents/manifests/latest"],
    },
    scratch: {
      resourceGroupName: names,
      connectedClusterName: names,
      extensionName: names,
      extensionTypeName: names,
      fluxConfigurationName: names,
      sourceControlConfigurationName: names,
      roleAssignmentName: [randomUUID(), randomUUID()],
      operationId: [randomUUID()],
      digest: [`sha256:${"0".repeat(64)}`],
    },
    secrets: [secretMark, clientSecret, arm.token, agent.token],
    restore,
  };
}

async function principalOf({ arm }: Pick<World, "arm">, { clusterId }: SimulatedAgent): Promise<string> {
  const { json } = await arm.call(`${clusterId}?api-version=${clusterVersion}`);
  const { identity } = json as { readonly identity: { readonly principalId: string } };
  return identity.principalId;
}
