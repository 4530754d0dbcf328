/** The exit code of a command that was interrupted and has cleaned up. */
export const interruptedExitCode = 130;

/**
 * Runs a command's work with a signal that fires on Ctrl-C, SIGTERM or a closed terminal. The work stops what it started
 * and ends; it is never cut off, and a second Ctrl-C (npm and the terminal both send one) changes nothing.
 * @returns the work's exit code, or 130 when it ended because of the interrupt
 */
export async function withInterrupts(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) return;
    process.stderr.write("interrupted: stopping what was started, this takes a few seconds\n");
    controller.abort(new Error("interrupted"));
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    const exitCode = await work(controller.signal);
    return controller.signal.aborted ? interruptedExitCode : exitCode;
  } catch (error) {
    if (controller.signal.aborted) return interruptedExitCode;
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}
