/** How a reconciliation went. A throw is the unexpected: the loop turns it into {@link Failed} and tries again with backoff. */
export type Outcome<R = unknown> = Done<R> | Again<R> | Stalled<R>;

/** The cluster is as desired; look again at the interval. */
export interface Done<R = unknown> {
  readonly kind: "done";
  /** What the agent learned, for the status writer. */
  readonly result?: R;
}

/** Waiting for something that takes its time; not an error. */
export interface Again<R = unknown> {
  readonly kind: "again";
  readonly afterMs: number;
  readonly why: string;
  readonly result?: R;
}

/** A person must change something; looked at again when the desired state changes, and at the interval. */
export interface Stalled<R = unknown> {
  readonly kind: "stalled";
  readonly reason: string;
  readonly message: string;
  readonly result?: R;
}

/** What the loop makes of a throw. */
export interface Failed {
  readonly kind: "failed";
  readonly error: Error;
  /** How many runs failed in a row. */
  readonly failures: number;
  readonly afterMs: number;
}

export const done = <R>(result?: R): Done<R> => ({ kind: "done", ...(result === undefined ? {} : { result }) });

export const again = <R>(afterMs: number, why: string, result?: R): Again<R> => ({
  kind: "again",
  afterMs,
  why,
  ...(result === undefined ? {} : { result }),
});

export const stalled = <R>(reason: string, message: string, result?: R): Stalled<R> => ({
  kind: "stalled",
  reason,
  message,
  ...(result === undefined ? {} : { result }),
});
