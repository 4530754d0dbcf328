/**
 * How many pieces of work run side by side. Work that changes the same things mostly undoes each other when it runs at once, so each
 * clash lowers the number and each success raises it a little: what is apart runs in parallel, and what clashes runs almost in turn.
 */
export interface Limiter {
  /** Waits for a place; what clashed before goes first. @returns what gives the place back */
  enter(isAgain: boolean): Promise<(hasClashed: boolean) => void>;
}

export function createLimiter(max: number): Limiter {
  let limit = max;
  let running = 0;
  const again: (() => void)[] = [];
  const first: (() => void)[] = [];

  const next = (): void => {
    while (running < Math.max(1, Math.floor(limit))) {
      const start = again.shift() ?? first.shift();
      if (start === undefined) return;
      running += 1;
      start();
    }
  };
  const leave = (hasClashed: boolean): void => {
    running -= 1;
    limit = hasClashed ? Math.max(1, limit * 0.7) : Math.min(max, limit + 0.5 / limit);
    next();
  };
  return {
    async enter(isAgain) {
      await new Promise<void>((start) => {
        (isAgain ? again : first).push(start);
        next();
      });
      return leave;
    },
  };
}
