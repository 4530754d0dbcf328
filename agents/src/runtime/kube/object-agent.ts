/**
 * An agent whose desired items are custom resources: adds the finalizer, the cleanup before it goes, and the one status write
 * to the loop.
 */
import { isDeepStrictEqual } from "node:util";
import { type Agent, type AgentDefinition, defineAgent, type RunContext } from "../define-agent.ts";
import { again, done, type Failed, type Outcome } from "../outcome.ts";
import type { KubeClient } from "./kube-client.ts";
import { isKubeError } from "./kube-error.ts";
import { type HasMetadata, type KubeKind, refOf } from "./kube-kind.ts";
import type { WatchSource } from "./watch-source.ts";

type Status = Readonly<Record<string, unknown>>;

export interface ObjectAgentDefinition<T extends HasMetadata, R>
  extends Omit<AgentDefinition<T, R>, "source" | "report"> {
  readonly kube: KubeClient;
  readonly kind: KubeKind<T>;
  readonly source: WatchSource<T>;
  /** With it, objects are held until `cleanup` is done. */
  readonly finalizer?: string;
  /** Undoes what `reconcile` did; runs when the object is being deleted, until it answers `done`. */
  readonly cleanup?: (object: T, context: RunContext) => Promise<Outcome<R>>;
  /**
   * The status that an outcome means, called once at the end of each run; it is merged into the object's status, and only
   * written when it differs. Undefined: leave it alone. Null removes a field.
   */
  readonly status?: (object: T, outcome: Outcome<R> | Failed) => Status | undefined;
}

export function defineObjectAgent<T extends HasMetadata, R = unknown>(definition: ObjectAgentDefinition<T, R>): Agent {
  const { kube, kind, finalizer, cleanup, status, ...rest } = definition;

  const withFinalizer = async (object: T, context: RunContext): Promise<Outcome<R>> => {
    const { signal } = context;
    const held = object.metadata.finalizers ?? [];
    if (object.metadata.deletionTimestamp === undefined) {
      if (finalizer !== undefined && !held.includes(finalizer)) {
        await setFinalizers(object, [...held, finalizer], signal);
      }
      return definition.reconcile(object, context);
    }
    if (finalizer === undefined || !held.includes(finalizer)) return done();
    const outcome = (await cleanup?.(object, context)) ?? done();
    if (outcome.kind !== "done") return outcome;
    // Others may have changed the list since: take ours out of the newest one.
    const newest = await kube.get(kind, refOf(object), { signal });
    if (newest?.metadata.uid === object.metadata.uid && newest !== undefined) {
      const others = (newest.metadata.finalizers ?? []).filter((name) => name !== finalizer);
      await setFinalizers(newest, others, signal);
    }
    return done();
  };

  const setFinalizers = async (object: T, finalizers: string[], signal: AbortSignal): Promise<void> => {
    const { uid, resourceVersion } = object.metadata;
    try {
      await kube.patch(kind, refOf(object), { metadata: { uid, resourceVersion, finalizers } }, { signal });
    } catch (error) {
      if (!isKubeError(error, "NotFound")) throw error;
    }
  };

  const report = async (object: T, outcome: Outcome<R> | Failed, { signal }: RunContext): Promise<void> => {
    if (status === undefined) return;
    // The deletion is over and the object gone, or nearly so.
    if (object.metadata.deletionTimestamp !== undefined && outcome.kind === "done") return;
    const wanted = status(object, outcome);
    if (wanted === undefined) return;
    const newest = await kube.get(kind, refOf(object), { signal });
    if (newest === undefined || newest.metadata.uid !== object.metadata.uid) return;
    const current = "status" in newest ? newest.status : undefined;
    if (isIncluded(wanted, current)) return;
    await kube.patchStatus(kind, refOf(object), wanted, { signal });
  };

  return defineAgent<T, R>({
    ...rest,
    reconcile: async (object, context) => {
      try {
        return await withFinalizer(object, context);
      } catch (error) {
        // Somebody wrote the object between our read and our write: look again at once, at its newest state.
        if (isKubeError(error, "Conflict")) return again(100, error.message);
        throw error;
      }
    },
    report,
  });
}

/** Whether a merge patch would change nothing. */
export function isIncluded(patch: unknown, current: unknown): boolean {
  if (patch === null || patch === undefined) return current === undefined || current === null;
  if (!isRecord(patch) || !isRecord(current)) return isDeepStrictEqual(patch, current);
  return Object.entries(patch).every(([name, value]) => value === undefined || isIncluded(value, current[name]));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
