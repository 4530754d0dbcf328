const twoMinutesMs = 120_000;

export interface Speaker extends Disposable {
  /** Says one line, and puts off the next line about silence. */
  readonly say: (line: string) => void;
}

/**
 * A log that is never silent for long: nobody who watches it has to guess whether anything still goes on.
 * @param describe what to say after a while without any other line
 */
export function sayWhenQuiet(
  log: (line: string) => void,
  describe: () => readonly string[],
  quietMs = twoMinutesMs,
): Speaker {
  const quiet = setInterval(() => {
    for (const line of describe()) log(line);
  }, quietMs);
  return {
    say(line) {
      quiet.refresh();
      log(line);
    },
    [Symbol.dispose]: () => clearInterval(quiet),
  };
}
