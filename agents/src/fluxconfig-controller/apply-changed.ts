import type { ApplyObject, HasMetadata, KubeClient, KubeKind } from "../runtime/index.ts";

/** Objects are written anew after this long, though nothing we see says that they changed. */
const trustedMs = 300_000;

/**
 * Server-side apply of what differs from what we applied last: statuses change often, and a write per status would be a
 * needless load on the API server. What others change is noticed by the generation, where the object is watched.
 */
export function applyChanged(kube: KubeClient, now: () => number = Date.now) {
  const applied = new Map<string, { text: string; generation: number | undefined; at: number }>();
  const keyOf = (kind: KubeKind<HasMetadata>, { namespace, name }: { namespace?: string | undefined; name: string }) =>
    `${kind.kind}/${namespace ?? ""}/${name}`;

  return {
    /** @param live the object as it is watched, `null` if it is not there; leave it out when it is not watched */
    async apply<T extends HasMetadata>(
      kind: KubeKind<T>,
      object: ApplyObject,
      { live, signal }: { live?: T | null; signal: AbortSignal },
    ): Promise<void> {
      const key = keyOf(kind, object.metadata);
      const text = JSON.stringify(object);
      const last = applied.get(key);
      // A watch may lag behind our own write: an older generation than the one we made is no change of others.
      const isUntouched =
        live === undefined || (live !== null && (live.metadata.generation ?? 0) <= (last?.generation ?? -1));
      const isTrusted = last !== undefined && now() - last.at < trustedMs;
      if (last?.text === text && isTrusted && isUntouched) return;
      const { metadata } = await kube.apply(kind, object, { signal });
      applied.set(key, { text, generation: metadata.generation, at: now() });
    },

    async remove<T extends HasMetadata>(
      kind: KubeKind<T>,
      ref: { namespace?: string | undefined; name: string },
      signal: AbortSignal,
    ): Promise<void> {
      applied.delete(keyOf(kind, ref));
      await kube.delete(kind, ref, { signal });
    },
  };
}
export type ApplyChanged = ReturnType<typeof applyChanged>;
