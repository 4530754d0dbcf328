export interface BenchOptions {
  /** How many resources, or rounds: smaller for trials, whose figures then mean little. */
  readonly count: number;
  /** Takes progress, for standard error. */
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}
