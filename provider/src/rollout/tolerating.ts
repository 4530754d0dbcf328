import type { Properties } from "../inputs/plain.ts";
import type { LifecycleContext } from "../lifecycle/context.ts";
import { HalfMadeError } from "../lifecycle/half-made.ts";
import { failureOf, noteFailure, noteSuccess } from "./run.ts";

interface Attempt<Result> {
  write(): Promise<Result>;
  /** What the state is when nothing was written, for this reason. */
  leave(reason: string): Result;
  /** What the state is when the record exists and is not what was asked for. */
  leaveHalfMade(state: Properties): Result;
}

/**
 * Creates or updates a resource, and when the program says that its ring's gate judges failures, tells one as a warning instead of
 * stopping the run. An interrupted run is no failure of the resource and is never tolerated.
 */
export async function tolerating<Result>(
  context: LifecycleContext,
  id: string,
  attempt: Attempt<Result>,
): Promise<Result> {
  const { rollout } = context.hints;
  if (rollout === undefined) return attempt.write();
  try {
    for (const needed of rollout.needs) refuseAfterFailure(needed);
    const result = await attempt.write();
    noteSuccess(id);
    return result;
  } catch (error) {
    if (context.signal.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    noteFailure(id, reason);
    context.warn(`${reason}\nThe run goes on with the rest of the ring; its gate judges this failure.`);
    return error instanceof HalfMadeError ? attempt.leaveHalfMade(error.properties) : attempt.leave(reason);
  }
}

/** Without its cluster or extension a resource would wait for half an hour, and fail with a reason that is not its own. */
function refuseAfterFailure(needed: string): void {
  if (failureOf(needed) === undefined) return;
  const shortId = needed.split("/").slice(-2).join("/");
  throw new NotBegunError(
    `Not begun: ${shortId} failed in this run. Mend that one; the next \`up\` goes on with both.`,
  );
}

/** A resource was left alone because of another one's failure. */
export class NotBegunError extends Error {
  override readonly name = "NotBegunError";
}
