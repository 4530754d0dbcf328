/** One figure of a benchmark: ours beside the peer's, measured in the same run on the same machine. */
export interface Metric {
  readonly bench: string;
  readonly metric: string;
  readonly ours: number;
  readonly peer: number | null;
  /** ours / peer; null without a peer. */
  readonly ratio: number | null;
  readonly unit: string;
}

const round = (value: number): number => Number(value.toPrecision(4));

export function metric(figures: Omit<Metric, "ratio">): Metric {
  const { bench, metric: name, ours, peer, unit } = figures;
  const ratio = peer === null ? null : round(ours / peer);
  return { bench, metric: name, ours: round(ours), peer: peer === null ? null : round(peer), ratio, unit };
}

/** The middle of some measurements. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  if (low === undefined || high === undefined) throw new Error("there is no median of nothing");
  return (low + high) / 2;
}
