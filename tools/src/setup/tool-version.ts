/** A half-open range: `atLeast` belongs to it, `below` does not. */
export interface VersionRange {
  readonly atLeast: string;
  readonly below: string;
}

type Version = readonly [major: number, minor: number, patch: number];

/** The first thing in a program's answer that looks like a version: every tool words the rest differently. */
export function readVersion(text: string): string | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match ? `${match[1]}.${match[2]}.${match[3] ?? "0"}` : undefined;
}

/** Whether a version (as `readVersion` gives it) lies in a range. */
export function isAccepted(version: string, range: VersionRange): boolean {
  return compare(version, range.atLeast) >= 0 && compare(version, range.below) < 0;
}

function compare(left: string, right: string): number {
  const [a, b] = [parse(left), parse(right)];
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

function parse(version: string): Version {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(version);
  if (!match) throw new Error(`"${version}" is not a version of three numbers`);
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}
