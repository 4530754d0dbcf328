/**
 * Follows the control plane's notifications ("generation N exists"), with a poll as the net below: a stream that is silent or
 * gone delays a change, it never loses one.
 */
import { GenerationEvent } from "@arcfleet/contract";
import { createParser } from "eventsource-parser";
import type { Logger } from "pino";
import { backoffMs, type Clock, jitter, systemClock } from "../clock.ts";
import { parseJson } from "../kube/kube-error.ts";
import type { ControlPlaneClient } from "./control-plane-client.ts";

/** Told a generation that exists (may repeat or go back), or undefined: a poll is due, ask for the desired state yourself. */
export type GenerationListener = (generation: number | undefined) => void;

/** The server says something at least every 20 s. */
const silenceMs = 65_000;
const backoff = { firstMs: 500, mostMs: 60_000 };
const defaultPollMs = 60_000;

/** Runs until the signal is aborted. */
export async function watchGenerations(
  client: Pick<ControlPlaneClient, "openNotifications">,
  listener: GenerationListener,
  options: { signal: AbortSignal; log: Logger; clock?: Clock; pollMs?: number },
): Promise<void> {
  const { signal, log, clock = systemClock, pollMs = defaultPollMs } = options;
  await Promise.all([poll(), listen()]);

  async function poll(): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(jitter(clock, pollMs, 0.3), signal).catch(() => undefined);
      if (!signal.aborted) listener(undefined);
    }
  }

  async function listen(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const stream = await client.openNotifications({ signal, silenceMs });
        failures = 0;
        // What happened while there was no stream was told to nobody.
        listener(undefined);
        const parser = createParser({
          onEvent: ({ event, data }) => {
            if (event !== "generation") return;
            const parsed = GenerationEvent.safeParse(parseJson(data));
            if (parsed.success) listener(parsed.data.generation);
            else log.warn({ data: data.slice(0, 200) }, "a notification that is none");
          },
        });
        for await (const chunk of stream.chunks) parser.feed(chunk);
        log.debug("the notification stream ended; opening another");
        await clock.sleep(jitter(clock, backoff.firstMs, 0.5), signal);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        const afterMs = backoffMs(clock, failures, backoff);
        log.info(
          { reason: error instanceof Error ? error.message : String(error), afterMs },
          "no notifications; polling",
        );
        await clock.sleep(afterMs, signal).catch(() => undefined);
      }
    }
  }
}
