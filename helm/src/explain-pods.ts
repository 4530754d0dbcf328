import { z } from "zod";

/** The parts of a pod that tell why it is not ready. */
const ContainerStatus = z.object({
  name: z.string(),
  ready: z.boolean().optional(),
  state: z
    .object({
      running: z.object({}).optional(),
      waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
      terminated: z
        .object({ reason: z.string().optional(), message: z.string().optional(), exitCode: z.int() })
        .optional(),
    })
    .optional(),
  lastState: z
    .object({
      terminated: z
        .object({ reason: z.string().optional(), message: z.string().optional(), exitCode: z.int() })
        .optional(),
    })
    .optional(),
});

const Pod = z.object({
  metadata: z.object({ name: z.string() }),
  status: z
    .object({
      phase: z.string().optional(),
      reason: z.string().optional(),
      message: z.string().optional(),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().optional(),
            message: z.string().optional(),
          }),
        )
        .optional(),
      initContainerStatuses: z.array(ContainerStatus).optional(),
      containerStatuses: z.array(ContainerStatus).optional(),
    })
    .optional(),
});
type ContainerStatus = z.infer<typeof ContainerStatus>;

/** States on the way to running, which explain nothing by themselves. */
const ordinary = new Set(["ContainerCreating", "PodInitializing"]);

/**
 * Says of each pod that is not ready why, in one line: what a person would otherwise collect with `kubectl describe`.
 * @param pods the `items` of a pod list, as the API server answered
 */
export function explainPods(pods: readonly unknown[]): string[] {
  return pods.flatMap((item) => {
    const pod = Pod.parse(item);
    const status = pod.status;
    if (status === undefined || status.phase === "Succeeded") return [];
    if (status.conditions?.some(({ type, status }) => type === "Ready" && status === "True")) return [];

    const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
    const reasons = containers.flatMap(explainContainer);
    const unscheduled = status.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
    if (unscheduled) reasons.push(join(unscheduled.reason, unscheduled.message));
    if (status.reason ?? status.message) reasons.push(join(status.reason, status.message));
    if (reasons.length === 0) reasons.push(`not ready (${status.phase ?? "unknown phase"})`);
    return [`pod ${pod.metadata.name}: ${reasons.join("; ")}`];
  });
}

function explainContainer(container: ContainerStatus): string[] {
  const { waiting, terminated } = container.state ?? {};
  const ended = terminated ?? container.lastState?.terminated;
  const reasons: string[] = [];
  if (waiting?.reason !== undefined && !ordinary.has(waiting.reason))
    reasons.push(join(waiting.reason, waiting.message));
  if (ended !== undefined && ended.exitCode !== 0) {
    reasons.push(join(`exited with ${ended.exitCode}`, ended.message ?? ended.reason));
  }
  if (reasons.length === 0 && container.ready === false && container.state?.running !== undefined) {
    reasons.push("running, but its readiness probe does not succeed");
  }
  return reasons.length === 0 ? [] : [`container ${container.name}: ${reasons.join(", ")}`];
}

const join = (reason: string | undefined, message: string | undefined): string =>
  [reason, message?.trim()].filter((part) => part !== undefined && part !== "").join(": ");
