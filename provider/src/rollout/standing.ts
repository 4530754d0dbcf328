import type { Health } from "./member-health.ts";

/** How a cluster stands after the looks so far. */
export interface Standing {
  readonly health: Health;
  /** When an unbroken row of healthy looks began; absent when the last one was not. */
  readonly healthySince?: number;
  readonly seenAt: number;
}

const neverSeen: Standing = { health: { problems: ["not looked at yet"], isFinal: false }, seenAt: 0 };

export const standingOf = (standings: ReadonlyMap<string, Standing>, name: string): Standing =>
  standings.get(name) ?? neverSeen;

export function seen(before: Standing, health: Health, now: number): Standing {
  if (health.problems.length > 0) return { health, seenAt: now };
  return { health, healthySince: before.healthySince ?? now, seenAt: now };
}

export const isHealthy = ({ healthySince }: Standing): boolean => healthySince !== undefined;

/** Healthy without a break for as long as the ring asks. */
export const isSettled = ({ healthySince, seenAt }: Standing, seconds: number): boolean =>
  healthySince !== undefined && seenAt - healthySince >= seconds * 1000;

export const isLost = ({ health }: Standing): boolean => health.isFinal;
