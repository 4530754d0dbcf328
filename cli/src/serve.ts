import { startControlPlane } from "@arcfleet/control-plane";
import { ServeOptions, toSettings } from "./serve-options.ts";

const CLOSE_TIMEOUT_MS = 20_000;
const signals = ["SIGTERM", "SIGINT"] as const;

/** Resolves with the first signal; a second one ends the process on the spot. */
function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let isFirst = true;
    for (const signal of signals) {
      process.on(signal, () => {
        if (!isFirst) process.exit(1);
        isFirst = false;
        resolve(signal);
      });
    }
  });
}

/** `arcfleet serve`: runs until a signal comes, then finishes what it accepted. */
export async function serve(options: unknown): Promise<void> {
  const settings = toSettings(ServeOptions.parse(options));
  // Listened for from the beginning: a signal may come the moment that the connection file is there.
  const end = nextSignal();
  const controlPlane = await startControlPlane(settings);
  process.stdout.write(`arcfleet is ready at ${controlPlane.endpoint}, see ${controlPlane.connectionFile}\n`);
  const signal = await end;
  process.stderr.write(`arcfleet ends after ${signal}; a second signal ends it at once\n`);
  const giveUp = setTimeout(() => {
    process.stderr.write(
      `arcfleet could not finish within ${(CLOSE_TIMEOUT_MS + settings.drainMs) / 1000} s and ends now; nothing accepted is lost\n`,
    );
    process.exit(1);
  }, CLOSE_TIMEOUT_MS + settings.drainMs);
  await controlPlane.close();
  clearTimeout(giveUp);
}
