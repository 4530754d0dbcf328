import {
  ConnectedClusterOutput,
  connectedCluster,
  ExtensionOutput,
  extension,
  FluxConfigurationOutput,
  fluxConfiguration,
  type ResourceDefinition,
} from "@arcfleet/contract";
import { explainCompliance } from "../flux-configuration/explain-compliance.ts";
import type { Properties } from "../inputs/plain.ts";
import type { LifecycleContext } from "../lifecycle/context.ts";
import type { Member } from "./gate-inputs.ts";
import { configurationId, extensionId, idsOf } from "./member-ids.ts";
import { failureOf } from "./run.ts";

/** How one cluster of a ring is doing. */
export interface Health {
  /** What is wrong, in words; healthy when empty. */
  readonly problems: readonly string[];
  /** True when waiting cannot mend it: the provider gave up on it in this run. */
  readonly isFinal: boolean;
}

/** Looks at a cluster and at what the program declares on it. */
export async function healthOf(context: LifecycleContext, member: Member): Promise<Health> {
  const failed = idsOf(member).flatMap((id) => failureOf(id) ?? []);
  // The first failure is the cause; what needed it was not even begun.
  if (failed[0] !== undefined) return { problems: [failed[0]], isFinal: true };
  const found = await Promise.all([
    clusterProblem(context, member.cluster),
    ...member.extensions.map((name) => extensionProblem(context, extensionId(member, name), name)),
    ...member.configurations.map((name) => configurationProblem(context, configurationId(member, name), name)),
  ]);
  return { problems: found.flatMap((problem) => problem ?? []), isFinal: false };
}

type Problem = Promise<string | undefined>;

async function clusterProblem(context: LifecycleContext, id: string): Problem {
  const found = await propertiesOf(context, connectedCluster, id);
  if (found === undefined) return "its record is gone";
  const { connectivityStatus } = ConnectedClusterOutput.pick({ connectivityStatus: true }).parse(found);
  return connectivityStatus === "Connected" ? undefined : `connectivityStatus is ${connectivityStatus}`;
}

async function extensionProblem(context: LifecycleContext, id: string, name: string): Problem {
  const found = await propertiesOf(context, extension, id);
  if (found === undefined) return `the extension ${name} is gone`;
  const { provisioningState, errorInfo } = ExtensionOutput.pick({ provisioningState: true, errorInfo: true }).parse(
    found,
  );
  if (provisioningState === "Succeeded") return undefined;
  return `the extension ${name} is ${provisioningState}${errorInfo ? `: ${errorInfo.message}` : ""}`;
}

async function configurationProblem(context: LifecycleContext, id: string, name: string): Problem {
  const properties = await propertiesOf(context, fluxConfiguration, id);
  if (properties === undefined) return `the configuration ${name} is gone`;
  // Suspended on purpose is as the program wants it.
  if (properties.suspend === true) return undefined;
  const found = FluxConfigurationOutput.parse(properties);
  if (found.complianceState === "Compliant" && found.provisioningState === "Succeeded") return undefined;
  const reason = explainCompliance(found);
  return `the configuration ${name} is ${found.complianceState}${reason === "" ? "" : `: ${reason}`}`;
}

const propertiesOf = async (
  context: LifecycleContext,
  definition: ResourceDefinition,
  id: string,
): Promise<Properties | undefined> =>
  (await context.client.get(id, definition.providerApiVersion, context.signal))?.properties;
