/** Hands the newest known generation on to the other agents of the cluster, which have no stream of their own. */
import { agentNames } from "@arcfleet/contract";
import type { Logger } from "pino";
import { backoffMs, type Clock, configMaps, type KubeClient, systemClock } from "../runtime/index.ts";

export interface GenerationPublisher {
  publish(generation: number): void;
  run(signal: AbortSignal): Promise<void>;
}

const backoff = { firstMs: 200, mostMs: 30_000 };

/** Writes one at a time, always the newest. */
export function generationPublisher(kube: KubeClient, log: Logger, clock: Clock = systemClock): GenerationPublisher {
  let wanted: number | undefined;
  let written: number | undefined;
  let wake: () => void = () => undefined;

  return {
    publish(generation) {
      wanted = generation;
      wake();
    },
    async run(signal) {
      let failures = 0;
      signal.addEventListener("abort", () => wake(), { once: true });
      while (!signal.aborted) {
        if (wanted === undefined || wanted === written) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        const generation = wanted;
        try {
          const metadata = { name: agentNames.desiredStateConfigMap, namespace: agentNames.namespace };
          await kube.apply(configMaps, { metadata, data: { generation: String(generation) } }, { signal });
          written = generation;
          failures = 0;
        } catch (error) {
          if (signal.aborted) return;
          failures += 1;
          const afterMs = backoffMs(clock, failures, backoff);
          log.warn({ err: error, afterMs }, "the generation cannot be handed on; the others poll");
          await clock.sleep(afterMs, signal).catch(() => undefined);
        }
      }
    },
  };
}
