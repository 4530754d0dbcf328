/**
 * One desired item becomes one custom resource, and the status of that becomes a report: what config-agent does for
 * extensions and fluxconfig-agent for Flux configurations. What the object means is its controller's business.
 */
import { isDeepStrictEqual } from "node:util";
import type { Report } from "@arcfleet/contract";
import { ensureNamespace, isLeaving } from "../namespaces/owned-namespace.ts";
import {
  again,
  done,
  type HasMetadata,
  type KubeClient,
  type KubeKind,
  type Outcome,
  type RunContext,
  refOf,
  secretData,
  secrets,
} from "../runtime/index.ts";
import type { Pair } from "./paired-source.ts";
import type { ReportOutbox } from "./report-outbox.ts";

interface Item {
  readonly name: string;
  readonly generation: number;
  readonly deleting: boolean;
}

interface SecretText {
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
}

export interface MirrorDefinition<I extends Item, T extends HasMetadata & { readonly spec: unknown }> {
  /** The agent's name: who made a namespace, and the `managed-by` of what it writes. */
  readonly agent: string;
  readonly kube: KubeClient;
  readonly kind: KubeKind<T>;
  readonly outbox: ReportOutbox;
  readonly namespaceOf: (item: I) => string;
  readonly specOf: (item: I) => T["spec"];
  /** The controller's: set from the start, so that nothing is removed behind a controller that is down. */
  readonly finalizer: string;
  /** The Secret of what is protected, as text; without data when nothing is. */
  readonly secretOf: (item: I) => SecretText;
  /** What to report of an item that is to exist. `object` is the one in the right namespace. */
  readonly reportOf: (item: I, object: T) => Report;
  readonly deletedReport: (item: I) => Report;
}

/** What comes and goes while we wait wakes us by its event; this is the net below. */
const lookAgainMs = 15_000;
const namespaceLeavesMs = 500;

export function mirrorItem<I extends Item, T extends HasMetadata & { readonly spec: unknown }>(
  definition: MirrorDefinition<I, T>,
): (pair: Pair<I, T>, context: RunContext) => Promise<Outcome> {
  const { agent, kube, kind, outbox } = definition;
  const labels = { "app.kubernetes.io/managed-by": agent };

  return async ({ item, objects }, context) => {
    const { signal } = context;
    const namespace = definition.namespaceOf(item);
    const wanted = item.deleting ? [] : objects.filter(({ metadata }) => metadata.namespace === namespace);
    const unwanted = objects.filter((object) => !wanted.includes(object));
    for (const object of unwanted) {
      if (object.metadata.deletionTimestamp === undefined) {
        await kube.delete(kind, refOf(object), { uid: object.metadata.uid, signal });
      }
    }
    if (unwanted.length > 0) return again(lookAgainMs, `waiting until the old ${kind.kind} is gone`);

    if (item.deleting) {
      if (await isLeaving(kube, namespace, signal)) return again(namespaceLeavesMs, "waiting for the namespace to go");
      outbox.put(definition.deletedReport(item));
      return done();
    }

    const [found] = wanted;
    if (found?.metadata.deletionTimestamp !== undefined) {
      return again(lookAgainMs, `somebody deleted the ${kind.kind}; it is made anew when it is gone`);
    }
    const object = await write(item, namespace, found, context);
    if (object === undefined) return again(namespaceLeavesMs, `namespace ${namespace} is being deleted`);
    outbox.put(definition.reportOf(item, object));
    return done();
  };

  /** Secret before object: the controller must never see the new spec with the old secret. */
  async function write(item: I, namespace: string, found: T | undefined, context: RunContext): Promise<T | undefined> {
    const { signal } = context;
    const spec = definition.specOf(item);
    const secret = definition.secretOf(item);
    const isCurrent = found !== undefined && isDeepStrictEqual(found.spec, spec);

    if (found === undefined && !(await ensureNamespace(kube, namespace, { agent, signal }))) return undefined;
    const isSecretMissing = !(await hasSecret(secret, namespace, signal));
    if (isSecretMissing) await writeSecret(secret, namespace, found, signal);
    if (isCurrent) return found;
    const metadata = { name: item.name, namespace, labels, finalizers: [definition.finalizer] };
    const object = await kube.apply(kind, { metadata, spec }, { signal });
    if (isSecretMissing && found === undefined) await writeSecret(secret, namespace, object, signal);
    return object;
  }

  /** Owned by the object, so that it goes when the object does: agents need no right to delete secrets. */
  async function writeSecret(
    secret: SecretText,
    namespace: string,
    owner: T | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const ownerReferences =
      owner === undefined
        ? []
        : [{ apiVersion: kind.apiVersion, kind: kind.kind, name: owner.metadata.name, uid: owner.metadata.uid }];
    const metadata = { name: secret.name, namespace, labels, ownerReferences };
    await kube.apply(secrets, { metadata, data: secretData(secret.data) }, { signal });
  }

  /** Nothing protected and no Secret is right, too; a Secret that holds what is not wanted any more is not. */
  async function hasSecret(secret: SecretText, namespace: string, signal: AbortSignal): Promise<boolean> {
    const found = await kube.get(secrets, { name: secret.name, namespace }, { signal });
    return isDeepStrictEqual(found?.data ?? {}, secretData(secret.data));
  }
}
