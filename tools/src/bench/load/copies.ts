/** What is copied under which names, on either side of a benchmark. */
export interface Copies {
  /** The names of those that are copied in turn. None may be part of another text. */
  readonly originals: readonly string[];
  /** The numbers of the copies: from the first up to, but not including, the last. */
  readonly from: number;
  readonly to: number;
  readonly nameOf: (number: number) => string;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Of one width, so that the order of names is that of numbers. */
export const clusterNameOf = (number: number): string => `cluster-${String(number).padStart(7, "0")}`;
