/**
 * Verbs that a signal to the process stops. The engine lets running verbs end when the user interrupts once, and stops the
 * process when the user insists and at the end of every run. An idle process ends at once then (the engine would wait for
 * seconds before it kills one that does not); a busy one tells its verbs to stop, so that they can say what they left.
 */
export function stoppableVerbs() {
  const stop = new AbortController();
  let running = 0;
  let isEnding = false;
  const endWhenIdle = () => {
    // The answer of the last verb is still on its way out.
    if (isEnding && running === 0) setTimeout(() => process.exit(0), 100);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      if (signal === "SIGTERM" && running === 0) process.exit(0);
      isEnding = true;
      stop.abort(new Error(signal === "SIGTERM" ? "the run was stopped" : "the run was interrupted"));
      endWhenIdle();
    });
  }
  return {
    /** Stops what runs and what comes; the process itself goes on, because its engine still wants answers. */
    interrupt: () => stop.abort(new Error("the run was interrupted")),
    async run<T>(verb: (signal: AbortSignal) => Promise<T>): Promise<T> {
      running++;
      try {
        return await verb(stop.signal);
      } finally {
        running--;
        endWhenIdle();
      }
    },
  };
}
