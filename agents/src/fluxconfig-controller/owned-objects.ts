/** FluxConfigs together with the Flux objects they became: an event of either is a reason to look at the configuration. */
import type { Logger } from "pino";
import { type FluxConfig, fluxConfigs } from "../custom-resources/flux-config.ts";
import { type FluxObject, kustomizations, sourceKindsOfFlux } from "../custom-resources/flux-objects.ts";
import { type KubeClient, type KubeKind, type WatchSource, watchSource } from "../runtime/index.ts";
import { controller, managedBy, ownerLabel } from "./names.ts";

export interface OwnedObjects {
  /** To be given to the loop. */
  readonly configs: WatchSource<FluxConfig>;
  /** The watched object; undefined when there is none. */
  find(kind: KubeKind<FluxObject>, namespace: string | undefined, name: string): FluxObject | undefined;
  /** All objects of a kind that belong to a configuration. */
  of(config: FluxConfig, kind: KubeKind<FluxObject>): readonly FluxObject[];
}

export function ownedObjects(kube: KubeClient, log: Logger): OwnedObjects {
  const primary = watchSource(kube, fluxConfigs, { log });
  const version = ({ metadata, status }: FluxObject) =>
    JSON.stringify([metadata.uid, metadata.generation, metadata.deletionTimestamp, status]);
  const watches = new Map(
    [...sourceKindsOfFlux, kustomizations].map((kind) => [
      kind.kind,
      watchSource(kube, kind, { log, labelSelector: `${managedBy}=${controller}`, version }),
    ]),
  );
  const isOf = (config: FluxConfig, object: FluxObject): boolean =>
    object.metadata.namespace === config.metadata.namespace &&
    object.metadata.labels?.[ownerLabel] === config.metadata.name;
  const ownedBy = (config: FluxConfig) =>
    [...watches.values()].flatMap((watch) => watch.all().filter((one) => isOf(config, one)));
  const isSynced = () => primary.isSynced() && [...watches.values()].every((watch) => watch.isSynced());

  const configs: WatchSource<FluxConfig> = {
    get: primary.get,
    all: primary.all,
    isSynced,
    // What happened to the objects is news, too: it ends a backoff.
    version: (config) => JSON.stringify([primary.version(config), ...ownedBy(config).map(version)]),
    async run(changed, signal, synced) {
      // Nothing is decided on half a picture: a Flux object not yet listed would look like one that has to be made.
      let isComplete = false;
      const tell = (key: string) => {
        if (isComplete) changed(key);
      };
      const onSynced = () => {
        if (isComplete || !isSynced()) return;
        isComplete = true;
        synced?.();
        for (const { metadata } of primary.all()) changed(`${metadata.namespace}/${metadata.name}`);
      };
      // An object that went away no longer tells whose it was: its own key names the namespace, look at all of that.
      const tellOwner = (watch: WatchSource<FluxObject>) => (key: string) => {
        const object = watch.get(key);
        const owner = object?.metadata.labels?.[ownerLabel];
        if (object !== undefined && owner !== undefined) tell(`${object.metadata.namespace}/${owner}`);
        else
          for (const { metadata } of primary.all())
            if (key.startsWith(`${metadata.namespace}/`)) tell(`${metadata.namespace}/${metadata.name}`);
      };
      await Promise.all([
        primary.run(tell, signal, onSynced),
        ...[...watches.values()].map((watch) => watch.run(tellOwner(watch), signal, onSynced)),
      ]);
    },
  };

  return {
    configs,
    find: (kind, namespace, name) => watches.get(kind.kind)?.get(`${namespace}/${name}`),
    of: (config, kind) =>
      watches
        .get(kind.kind)
        ?.all()
        .filter((object) => isOf(config, object)) ?? [],
  };
}
