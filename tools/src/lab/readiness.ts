import { z } from "zod";
import type { ClusterApi } from "./cluster-api.ts";
import type { ComponentName } from "./component-commands.ts";

/** Undefined when it holds; otherwise what is missing. */
export type Check = () => Promise<string | undefined>;

export interface ReadinessStep {
  readonly what: string;
  /** Whose logs tell why, if it takes too long. */
  readonly suspects: readonly ComponentName[];
  readonly check: Check;
}

const Conditions = z.object({
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() })).optional(),
  }),
});

/** Undefined when the object's condition is True; otherwise what the object says about it. */
export function conditionMissing(body: unknown, type: string): string | undefined {
  const conditions = Conditions.safeParse(body).data?.status.conditions ?? [];
  const condition = conditions.find((one) => one.type === type);
  if (condition?.status === "True") return undefined;
  return condition
    ? `${type} is ${condition.status}: ${condition.message ?? "no message"}`
    : `no condition ${type} yet`;
}

const DNS_PODS = "/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns";
const ContainerState = z.object({ reason: z.string().optional(), message: z.string().optional() }).optional();
const Pods = z.object({
  items: z.array(
    z.object({
      status: z.object({
        phase: z.string().optional(),
        containerStatuses: z
          .array(
            z.object({
              state: z.object({ waiting: ContainerState, terminated: ContainerState }).optional(),
              lastState: z.object({ terminated: ContainerState }).optional(),
            }),
          )
          .optional(),
      }),
    }),
  ),
});

/** What the pods of a list say about themselves: phase, why a container waits, and the last words of one that ended. */
export function podTrouble(body: unknown): string {
  const pods = Pods.safeParse(body).data?.items ?? [];
  const said = pods.flatMap(({ status }) => [
    `a pod is ${status.phase ?? "unknown"}`,
    ...(status.containerStatuses ?? []).flatMap(({ state, lastState }) =>
      [state?.waiting, state?.terminated, lastState?.terminated].flatMap((one) => [one?.reason, one?.message]),
    ),
  ]);
  return said.length === 0 ? "(no pod yet)" : `(${said.filter((one) => one !== undefined).join(": ")})`;
}

async function found(api: ClusterApi, path: string): Promise<string | undefined> {
  const answer = await api.get(path);
  return answer.status === 200 ? undefined : `${path} answered ${answer.status}`;
}

export function apiServerStep(api: ClusterApi): ReadinessStep {
  return {
    what: "the API server to be ready",
    suspects: ["kube-apiserver", "etcd"],
    check: async () => {
      const answer = await api.get("/readyz");
      return answer.status === 200
        ? undefined
        : answer.text
            .split("\n")
            .filter((line) => line.startsWith("[-]"))
            .join(", ") || answer.text;
    },
  };
}

export function clusterSteps(api: ClusterApi, node: string): ReadinessStep[] {
  return [
    {
      what: "the node to be Ready",
      suspects: ["kubelet", "containerd"],
      check: async () => conditionMissing((await api.get(`/api/v1/nodes/${node}`)).body, "Ready"),
    },
    {
      what: "the default service account",
      suspects: ["kube-controller-manager"],
      check: () => found(api, "/api/v1/namespaces/default/serviceaccounts/default"),
    },
    {
      what: "the cluster's DNS to be available",
      suspects: ["kubelet"],
      check: async () => {
        const deployment = await api.get("/apis/apps/v1/namespaces/kube-system/deployments/coredns");
        const missing = conditionMissing(deployment.body, "Available");
        return missing && `${missing} ${podTrouble((await api.get(DNS_PODS)).body)}`;
      },
    },
  ];
}

/** The first thing that is missing, errors of the connection included; undefined when all is there. */
export async function firstMissing(steps: readonly ReadinessStep[]): Promise<string | undefined> {
  for (const step of steps) {
    const missing = await look(step);
    if (missing !== undefined) return `waiting for ${step.what}: ${missing}`;
  }
  return undefined;
}

export async function look(step: ReadinessStep): Promise<string | undefined> {
  try {
    return await step.check();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
