/** The suites of `npm test`: each is a Jest project of jest.config.js. */
export interface Suite {
  readonly name: string;
  /** What it answers, for `--help` and the progress lines. */
  readonly question: string;
  /**
   * Suites of one lane run one after another, lanes side by side. Two lanes, because the machines this must run on have two
   * cores: the end-to-end suite mostly waits for clusters, the others mostly compute.
   */
  readonly lane: "clusters" | "sources";
  readonly jestArgs: readonly string[];
  /** A suite that takes longer is stuck: it is stopped and counts as failed. */
  readonly timeoutMs: number;
}

const minutes = (count: number): number => count * 60_000;

export const suites: readonly Suite[] = [
  {
    name: "unit",
    question: "does each package keep its promises?",
    lane: "sources",
    jestArgs: ["--maxWorkers=2"],
    timeoutMs: minutes(30),
  },
  {
    name: "repository",
    question: "do sources, docs and golden files follow the rules?",
    lane: "sources",
    jestArgs: ["--maxWorkers=1"],
    timeoutMs: minutes(5),
  },
  {
    name: "contract",
    question: "does the service answer as real clients expect?",
    lane: "sources",
    jestArgs: ["--maxWorkers=1"],
    timeoutMs: minutes(15),
  },
  {
    name: "postgres",
    question: "does the service keep its promises over PostgreSQL, with several replicas?",
    lane: "sources",
    jestArgs: ["--maxWorkers=2"],
    timeoutMs: minutes(25),
  },
  {
    name: "upgrade",
    question: "is the saved state of earlier releases still understood?",
    lane: "sources",
    jestArgs: ["--maxWorkers=1"],
    timeoutMs: minutes(5),
  },
  {
    name: "e2e",
    question: "does the whole story work with the real engine and real clusters?",
    lane: "clusters",
    // One story told once, in order, in one process.
    jestArgs: ["--runInBand"],
    timeoutMs: minutes(50),
  },
];

/** Picks the suites that were asked for, all of them by default, and leaves the rest of the words to Jest as path patterns. */
export function chooseSuites(words: readonly string[]): { chosen: readonly Suite[]; patterns: readonly string[] } {
  const named = suites.filter(({ name }) => words.includes(name));
  const patterns = words.filter((word) => !suites.some(({ name }) => name === word));
  const misspelt = patterns.find((word) => !/[./-]/.test(word));
  if (misspelt !== undefined) {
    const known = suites.map(({ name }) => name).join(", ");
    throw new Error(`there is no suite "${misspelt}"; the suites are ${known}. Anything with a dot or slash is a path`);
  }
  return { chosen: named.length === 0 ? suites : named, patterns };
}
