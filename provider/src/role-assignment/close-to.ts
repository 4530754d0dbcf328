const most = 3;
const closeEnough = 0.5;

/** The names that a mistyped one may have meant, the closest first; none when all are far from it. */
export function closeTo(wanted: string, names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, likeness: likeness(wanted, name) }))
    .filter((one) => one.likeness >= closeEnough)
    .sort((one, other) => other.likeness - one.likeness)
    .slice(0, most)
    .map(({ name }) => name);
}

/** From 0 to 1: how many pairs of neighbouring letters two texts share (the coefficient of Sørensen and Dice). */
function likeness(one: string, other: string): number {
  const [pairs, others] = [pairsOf(one), pairsOf(other)];
  const shared = [...pairs].filter((pair) => others.has(pair)).length;
  return (2 * shared) / Math.max(1, pairs.size + others.size);
}

const pairsOf = (text: string): Set<string> => {
  const letters = text.toLowerCase();
  return new Set(Array.from({ length: Math.max(0, letters.length - 1) }, (_, at) => letters.slice(at, at + 2)));
};
