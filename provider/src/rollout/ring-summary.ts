import type { GateInputs } from "./gate-inputs.ts";
import { isHealthy, isSettled, type Standing, standingOf } from "./standing.ts";

/** A ring did not become healthy. The message is the summary of the ring. */
export class RingNotHealthyError extends Error {
  override readonly name = "RingNotHealthyError";
}

type Standings = ReadonlyMap<string, Standing>;

/** One line: how far the ring is, and what it waits for. */
export function progressOf(gate: GateInputs, standings: Standings): string {
  const names = Object.keys(gate.members);
  const settled = names.filter((name) => isSettled(standingOf(standings, name), gate.healthyForSeconds));
  const unhealthy = names.filter((name) => !isHealthy(standingOf(standings, name)));
  const [first] = unhealthy;
  const waitsFor =
    first === undefined
      ? "all are healthy now"
      : `waiting for ${first}: ${problemsOf(standings, first)}${unhealthy.length > 1 ? ` (and ${unhealthy.length - 1} more)` : ""}`;
  return `${settled.length} of ${count(names.length, "cluster")} healthy for ${gate.healthyForSeconds} s; ${waitsFor}`;
}

/** What is wrong in a ring, cluster by cluster, what waits because of it, and what to do. */
export function summaryOf(
  gate: GateInputs,
  standings: Standings,
  elapsedSeconds: number,
  waiting: readonly { readonly ring: string; readonly clusters: number }[],
): string {
  const names = Object.keys(gate.members);
  const healthy = names.filter((name) => isHealthy(standingOf(standings, name)));
  const late = healthy.filter((name) => !isSettled(standingOf(standings, name), gate.healthyForSeconds));
  const unhealthy = names.filter((name) => !healthy.includes(name));
  return [
    `The ring ${gate.ring ?? gate.name} is not healthy: ${healthy.length} of ${count(names.length, "cluster")} healthy after ` +
      `${elapsedSeconds} s, and maxFailures is ${gate.maxFailures}.`,
    ...unhealthy.map((name) => `  ${name}: ${problemsOf(standings, name)}`),
    ...late.map((name) => `  ${name}: healthy, but not yet for ${gate.healthyForSeconds} s`),
    waiting.length === 0
      ? "No other ring waits for it."
      : `Not begun: ${waiting.map(({ ring, clusters }) => `the ring ${ring} (${count(clusters, "cluster")})`).join(", ")}.`,
    "Mend these clusters or the program and run `pulumi up` again: it goes on from here. " +
      "To go on without them, raise `maxFailures` of the ring, or take them out of it.",
  ].join("\n");
}

const problemsOf = (standings: Standings, name: string): string =>
  standingOf(standings, name).health.problems.join("; ").replaceAll("\n", "\n    ");

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;
